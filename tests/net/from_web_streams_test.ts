import { assertEquals } from "@std/assert";
import { tcpAddress, unixAddress } from "../../src/net/address.ts";
import { fromWebStreams } from "../../src/net/from_web_streams.ts";
import { connect, listen } from "../../src/net/listen.ts";
import { openMemoryPair } from "../support/memory_pair.ts";
import { readAll } from "./adapter.ts";
import { testConnections } from "./connection_suite.ts";

const encoder = new TextEncoder();

testConnections(
  () => Promise.resolve(openMemoryPair()),
  (name, body) => Deno.test(`${name}, in memory`, body),
);

// There and back again: a connection makes streams, and they make a connection.
testConnections(async () => {
  const listener = await listen({ port: 0 });
  const [client, server] = await Promise.all([connect(listener.address), listener.accept()]);
  listener.close();
  return { client, server: fromWebStreams(server!) };
}, (name, body) => Deno.test(`${name}, on the streams of a socket`, body));

Deno.test("fromWebStreams() takes the two addresses from the caller", () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [local, remote] = [tcpAddress("192.0.2.1", 443), tcpAddress("192.0.2.2", 5)];
  const known = fromWebStreams({ readable, writable }, { local, remote, isEncrypted: true });
  assertEquals({ local: known.local, remote: known.remote, isEncrypted: known.isEncrypted }, {
    local,
    remote,
    isEncrypted: true,
  });
  const { server } = openMemoryPair();
  assertEquals({ local: server.local, remote: server.remote, isEncrypted: server.isEncrypted }, {
    local: unixAddress(""),
    remote: unixAddress(""),
    isEncrypted: false,
  });
});

Deno.test("fromWebStreams() copies what it writes: the caller may reuse its buffer as soon as the write settles", async () => {
  const { server, client } = openMemoryPair();
  const buffer = encoder.encode("one ");
  const received = readAll(client);
  await server.write(buffer);
  buffer.set(encoder.encode("two "));
  await server.write(buffer);
  await server.closeWrite();
  assertEquals(await received, "one two ");
});

Deno.test("fromWebStreams() skips pieces without bytes", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const pieces = new ReadableStream<Uint8Array>({
    start(controller): void {
      for (const text of ["", "a", "", "b"]) controller.enqueue(encoder.encode(text));
      controller.close();
    },
  });
  assertEquals(await readAll(fromWebStreams({ readable: pieces, writable })), "ab");
  await readable.cancel();
});
