// Frameworks with a protocol of their own.

import { initTRPC } from "npm:@trpc/server@11.25.2";
import { fetchRequestHandler } from "npm:@trpc/server@11.25.2/adapters/fetch";
import { octetInputParser } from "npm:@trpc/server@11.25.2/http";
import { createSchema, createYoga, type Plugin } from "npm:graphql-yoga@5.24.1";
import { describeUpload, type Fetch, FILE } from "./routers.ts";

interface TrpcContext {
  readonly cookie: string | null;
  readonly resHeaders: Headers;
}

/** tRPC: queries, mutations, a subscription, an error. It has no responses but JSON and events. */
export function trpc(): Fetch {
  const t = initTRPC.context<TrpcContext>().create();
  const router = t.router({
    hello: t.procedure.query(() => ({ hello: "world" })),
    add: t.procedure.input((value: unknown) => value as { a: number; b: number })
      .mutation(({ input }) => input.a + input.b),
    upload: t.procedure.input((value: unknown) => value as FormData)
      .mutation(({ input }) => describeUpload({ formData: () => Promise.resolve(input) })),
    measure: t.procedure.input(octetInputParser)
      .mutation(async ({ input }) => (await new Response(input).arrayBuffer()).byteLength),
    events: t.procedure.subscription(async function* () {
      for (const event of ["one", "two"]) yield event;
    }),
    cookies: t.procedure.query(({ ctx: { cookie, resHeaders } }) => {
      resHeaders.append("set-cookie", "b=2");
      return cookie;
    }),
    redirect: t.procedure.query(() => "elsewhere"),
    throw: t.procedure.query(() => {
      throw new Error("out of tea");
    }),
  });
  return (req) =>
    fetchRequestHandler({
      endpoint: "/trpc",
      req,
      router,
      createContext: ({ req, resHeaders }) => ({ cookie: req.headers.get("cookie"), resHeaders }),
      responseMeta: ({ paths }) =>
        paths?.includes("redirect") ? { status: 302, headers: { location: "/trpc/hello" } } : {},
    });
}

/** The routes of Yoga that are not GraphQL. */
const ROUTES: Plugin = {
  onRequest({ url, endResponse, fetchAPI }) {
    if (url.pathname === "/file") {
      endResponse(new fetchAPI.Response(FILE, { headers: { "content-type": "application/octet-stream" } }));
    } else if (url.pathname === "/redirect") {
      endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: "/graphql" } }));
    } else if (url.pathname === "/throw") throw new Error("out of tea");
  },
  onResponse({ response }) {
    response.headers.append("set-cookie", "b=2");
  },
};

/** GraphQL Yoga: queries, an upload, a subscription over server-sent events, an error, routes by a plugin. */
export function yoga(): Fetch {
  const server = createYoga({
    logging: false,
    plugins: [ROUTES],
    schema: createSchema<{ readonly request: Request }>({
      typeDefs: `
        scalar File
        type Query { hello(name: String): String, cookie: String, fail: String }
        type Mutation { upload(name: String!, file: File!): String }
        type Subscription { count: Int }
      `,
      resolvers: {
        Query: {
          hello: (_: unknown, { name }: { name: string }) => `hello ${name}`,
          cookie: (_: unknown, _arguments: unknown, { request }) => request.headers.get("cookie"),
          fail: () => {
            throw new Error("out of tea");
          },
        },
        Mutation: {
          upload: async (_: unknown, { name, file }: { name: string; file: File }) =>
            `${name} ${file.name} ${(await file.arrayBuffer()).byteLength}`,
        },
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
