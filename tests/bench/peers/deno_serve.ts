// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// "hello world" on Deno.serve.

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
}, () => new Response("hello world"));
await server.finished;
