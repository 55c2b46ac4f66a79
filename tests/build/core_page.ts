// Runs where there are no sockets: in a browser's page, or in a worker at the edge. The core serves one end of a pair
// of streams, and this is the client at the other end.

import { fromWebStreams, serveConnection } from "./small_entry.ts";

const encoder = new TextEncoder();

const REQUESTS = "GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n" +
  "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
  "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n";

/** Sends two pipelined GETs and a chunked upload, in pieces. @returns the responses without heads, or the failure */
export async function exchangeInMemory(): Promise<string> {
  const toServer = new TransformStream<Uint8Array, Uint8Array>();
  const toClient = new TransformStream<Uint8Array, Uint8Array>();
  const served = serveConnection(
    fromWebStreams({ readable: toServer.readable, writable: toClient.writable }),
    { fetch: async (request) => new Response(`${new URL(request.url).pathname} ${await request.text()};`) },
  );
  const received = new Response(toClient.readable).text();
  const writer = toServer.writable.getWriter();
  for (const piece of REQUESTS.match(/[^]{1,50}/g)!) await writer.write(encoder.encode(piece));
  await writer.close();
  const text = await received;
  await served;
  const statuses = Array.from(text.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status).join();
  const bodies = Array.from(text.matchAll(/\/\w+ [^;]*;/g), ([body]) => body).join(" ");
  return `${statuses} ${bodies}`;
}
