// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// Deno.serve with a handler that discards uploads, and one that sends 1 GiB in pieces of 64 KiB.

const PIECE = new Uint8Array(65_536).fill(120);
const PIECES = 16_384;

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`listening on http://127.0.0.1:${port}/`),
}, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/upload") return new Response(String(await countBytes(request)));
  if (pathname === "/download") return new Response(ReadableStream.from(largeResponse()));
  return new Response("hello world");
});
await server.finished;

async function countBytes(request: Request): Promise<number> {
  let total = 0;
  for await (const piece of request.body ?? []) total += piece.length;
  return total;
}

async function* largeResponse(): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < PIECES; sent++) yield PIECE;
}
