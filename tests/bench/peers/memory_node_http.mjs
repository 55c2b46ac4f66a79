// deno-lint-ignore-file no-console -- a program: it announces itself on stdout
// node:http with a handler that discards uploads, and one that sends 1 GiB in pieces of 64 KiB.

import { createServer } from "node:http";
import { Readable } from "node:stream";

const PIECE = Buffer.alloc(65_536, 120);
const PIECES = 16_384;
const largeResponse = { [Symbol.iterator]: () => Array(PIECES).fill(PIECE).values() };

const server = createServer(async (request, response) => {
  if (request.url === "/download") return void Readable.from(largeResponse).pipe(response);
  let total = 0;
  for await (const piece of request) total += piece.length;
  response.end(request.url === "/upload" ? String(total) : "hello world");
});
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}/`));
