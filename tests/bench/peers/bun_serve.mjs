// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// "hello world" on Bun.serve.

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("hello world") });
console.log(`listening on http://127.0.0.1:${server.port}/`);
