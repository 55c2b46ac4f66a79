// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// Reads all content, and responds with method and path, on Bun.serve.

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    try {
      await request.arrayBuffer();
    } catch {
      return new Response("broken content", { status: 400 });
    }
    return new Response(`${request.method} ${new URL(request.url).pathname}`);
  },
});
console.log(`listening on http://127.0.0.1:${server.port}/`);
