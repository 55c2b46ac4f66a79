// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// "hello world" through the router of Hono on Deno.serve.

import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("hello world"));
const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
}, app.fetch);
await server.finished;
