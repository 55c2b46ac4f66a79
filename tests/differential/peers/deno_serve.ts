// Reads all content, and responds with method and path, on Deno.serve.

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
}, async (request) => {
  try {
    await request.arrayBuffer();
  } catch {
    return new Response("broken content", { status: 400 });
  }
  return new Response(`${request.method} ${new URL(request.url).pathname}`);
});
await server.finished;
