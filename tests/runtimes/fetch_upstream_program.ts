// deno-lint-ignore-file no-console -- a program: what went wrong goes to stdout
// Whether responses of fetch() are passed on so that a client can decode them, whatever fetch() has undone.

import { Buffer } from "node:buffer";
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from "node:zlib";
import { connect, serve } from "../../mod.ts";

interface Coding {
  readonly encode: (content: Buffer) => Buffer;
  readonly decode: (content: Buffer) => Buffer;
}

const GZIP: Coding = { encode: gzipSync, decode: gunzipSync };
const CODINGS: Readonly<Record<string, Coding>> = {
  gzip: GZIP,
  "x-gzip": GZIP,
  deflate: { encode: deflateSync, decode: inflateSync },
  br: { encode: brotliCompressSync, decode: brotliDecompressSync },
  identity: { encode: (content) => content, decode: (content) => content },
};
const FIELDS = [...Object.keys(CODINGS), "GZIP", "gzip, br", "br, gzip", "identity, gzip", "gzip, identity"];
const TEXT = "hello ".repeat(1_000);

function codingsOf(field: string): Coding[] {
  return field.toLowerCase().split(", ").map((coding) => CODINGS[coding]!);
}

const upstream = serve({
  port: 0,
  fetch({ url }) {
    const field = decodeURI(new URL(url).pathname.slice(1));
    let content = Buffer.from(TEXT);
    for (const { encode } of codingsOf(field)) content = Buffer.from(encode(content));
    return new Response(content, { headers: { "content-encoding": field } });
  },
});
await upstream.ready;
const server = serve({
  port: 0,
  fetch: ({ url }) => fetch(`http://127.0.0.1:${upstream.address.port}${new URL(url).pathname}`),
});
await server.ready;

for (const asked of FIELDS) {
  const client = await connect(server.address);
  // In HTTP/1.0, so that nothing comes in chunks.
  await client.write(Buffer.from(`GET /${encodeURI(asked)} HTTP/1.0\r\n\r\n`));
  const bytes = Buffer.from(await new Response(client.readable).arrayBuffer());
  client.close();
  const headEnd = bytes.indexOf("\r\n\r\n");
  const [, field = "identity"] = /^content-encoding: (.*)\r$/im.exec(bytes.toString("latin1", 0, headEnd)) ??
    [];
  try {
    let content = bytes.subarray(headEnd + 4);
    for (const { decode } of codingsOf(field).reverse()) content = Buffer.from(decode(content));
    if (content.toString() !== TEXT) console.log(`${asked}: sent as ${field}, which it is not`);
  } catch (error) {
    console.log(`${asked}: sent as ${field}, ${error}`);
  }
}
await Promise.all([server.shutdown(), upstream.shutdown()]);
