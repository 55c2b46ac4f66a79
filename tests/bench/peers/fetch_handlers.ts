// The same web-standard handlers for every server.

import { Hono } from "hono";

/** A web-standard handler. */
export type Fetch = (request: Request) => Response | Promise<Response>;

const PIECES = 64;
const PIECE = new Uint8Array(16_384).fill(0x61);

/** The handlers to measure with, by name. */
export const WORKLOADS: Readonly<Record<string, () => Fetch>> = {
  plain: () => () => new Response("hello world"),
  hono: () => createApp().fetch,
  stream: () => () => new Response(createStream()),
  upload: () => async (request) => {
    return new Response(String((await readBytes(request)).length));
  },
};

function createApp(): Hono {
  const app = new Hono();
  app.use("*", async (context, next) => {
    await next();
    context.res.headers.set("x-served", "1");
  });
  app.use("/users/*", async (context, next) => {
    context.header("x-user", "1");
    await next();
  });
  app.get("/users/:id", (context) => context.json({ id: context.req.param("id"), name: "somebody" }));
  return app;
}

function createStream(): ReadableStream<Uint8Array> {
  let count = 0;
  return new ReadableStream({
    pull(controller) {
      if (count++ === PIECES) controller.close();
      else controller.enqueue(PIECE);
    },
  });
}

/** Request.bytes() in a form that Node 20 has too. */
async function readBytes(request: Partial<Request> & Pick<Request, "arrayBuffer">): Promise<Uint8Array> {
  return await request.bytes?.() ?? new Uint8Array(await request.arrayBuffer());
}
