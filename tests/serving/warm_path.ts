// deno run -A tests/serving/warm_path.ts: lists the files and functions of src that a warm GET of a cached file
// runs through, from the bytes that a read brought to the response, as V8 counts for coverage.

import { listen } from "../../src/net/listen.ts";
import { BlockCounter } from "../support/block_counter.ts";

const REQUEST = new TextEncoder().encode("GET /a.html HTTP/1.1\r\nHost: a\r\n\r\n");
const CONTENT = "x".repeat(1_700);
const WARM_REQUESTS = 50;
const SOURCE = new URL("../../src/", import.meta.url).href;

async function freePort(): Promise<number> {
  const listener = await listen({ port: 0 });
  listener.close();
  return listener.address.port!;
}

async function get(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  await connection.write(REQUEST);
  for (let received = 0; received < CONTENT.length;) received += (await connection.read(buffer))!;
}

async function connect(port: number): Promise<Deno.TcpConn> {
  for (;;) {
    try {
      return await Deno.connect({ port });
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
  }
}

const root = await Deno.makeTempDir();
await Deno.writeTextFile(`${root}/a.html`, CONTENT);
const port = await freePort();
const { main } = await import("../../mod.ts");
main(["static", "--root", root, "--port", String(port), "--access-log", "off"]);
const connection = await connect(port);
for (let i = 0; i < WARM_REQUESTS; i++) await get(connection);
const counter = await BlockCounter.open((url) => url.startsWith(SOURCE));
await get(connection);
await counter.take();
await get(connection);
const names = (await counter.take()).map(({ name }) => name.slice(SOURCE.length));
const files = new Set(names.map((name) => name.slice(0, name.indexOf(":"))));
console.log([...names, `${files.size} files, ${names.length} functions`].join("\n"));
await Deno.remove(root, { recursive: true });
Deno.exit();
