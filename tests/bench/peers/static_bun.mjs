// Bun.file on Bun.serve. static_bun.mjs FOLDER

const folder = process.argv[2];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request) => new Response(Bun.file(folder + new URL(request.url).pathname)),
});
console.log(`listening on http://127.0.0.1:${server.port}/`);
