// Frameworks with a protocol of their own.

import { initTRPC } from "npm:@trpc/server@11.25.2";
import { fetchRequestHandler } from "npm:@trpc/server@11.25.2/adapters/fetch";
import { createSchema, createYoga } from "npm:graphql-yoga@5.24.1";
import type { Fetch } from "./routers.ts";

/** tRPC: a query, a mutation, an error. */
export function trpc(): Fetch {
  const t = initTRPC.create();
  const router = t.router({
    hello: t.procedure.query(() => ({ hello: "world" })),
    add: t.procedure.input((value: unknown) => value as { a: number; b: number })
      .mutation(({ input }) => input.a + input.b),
    fail: t.procedure.query(() => {
      throw new Error("out of tea");
    }),
  });
  return (req) => fetchRequestHandler({ endpoint: "/trpc", req, router, createContext: () => ({}) });
}

/** GraphQL Yoga: a query, and a subscription over server-sent events. */
export function yoga(): Fetch {
  const server = createYoga({
    logging: false,
    schema: createSchema({
      typeDefs: "type Query { hello(name: String): String } type Subscription { count: Int }",
      resolvers: {
        Query: { hello: (_: unknown, { name }: { name: string }) => `hello ${name}` },
        Subscription: {
          count: {
            async *subscribe(): AsyncGenerator<{ count: number }> {
              for (const count of [1, 2]) yield { count };
            },
          },
        },
      },
    }),
  });
  return async (request) => await server.fetch(request);
}
