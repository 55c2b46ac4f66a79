// The duties of every adapter on every runtime: each adapter runs this suite with its own listen and connect.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, ConnectionError } from "../../src/net/connection.ts";
import { within } from "../support/deadline.ts";
import { codeOf, readAll, readLength, readText, type RegisterTest } from "./adapter.ts";

/** Both ends of a connection. */
export interface Pair {
  /** One end. */
  readonly server: Connection;
  /** The other one. */
  readonly client: Connection;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// More than fits into the buffers of two sockets of the loopback interface.
const MUCH_BYTES = 32 * 1024 * 1024;

/** Registers the tests of reading, writing and ending connections, which hold for every pair of ends. */
export function testConnections(openPair: () => Promise<Pair>, register: RegisterTest): void {
  const test = (name: string, body: (pair: Pair) => Promise<void>): void =>
    register(`Connection ${name}`, async () => {
      const pair = await openPair();
      try {
        await within(body(pair), name);
      } finally {
        pair.client.close();
        pair.server.close();
      }
    });

  test("carries bytes both ways", async ({ server, client }) => {
    await client.write(encoder.encode("ping"));
    assertEquals(await readText(server, 4), "ping");
    await server.write(encoder.encode("pong"));
    assertEquals(await readText(client, 4), "pong");
    assertEquals([server.bufferedBytes, client.bufferedBytes], [0, 0]);
  });

  test("gives what has arrived, not more than the buffer holds", async ({ server, client }) => {
    await client.write(encoder.encode("0123456789"));
    const buffer = new Uint8Array(4);
    let text = "";
    while (text.length < 10) {
      const count = await server.read(buffer);
      if (count === null) break;
      assert(count > 0 && count <= 4);
      text += decoder.decode(buffer.subarray(0, count));
    }
    assertEquals(text, "0123456789");
  });

  test("reports FIN as null, and still writes after it", async ({ server, client }) => {
    await client.write(encoder.encode("last"));
    await client.closeWrite();
    assertEquals(await readAll(server), "last");
    assertEquals(await server.read(new Uint8Array(1)), null);
    await server.write(encoder.encode("response after FIN"));
    await server.closeWrite();
    assertEquals(await readAll(client), "response after FIN");
  });

  test("reads on after its own FIN", async ({ server, client }) => {
    await server.write(encoder.encode("goodbye"));
    await server.closeWrite();
    assertEquals(await readAll(client), "goodbye");
    await client.write(encoder.encode("late"));
    await client.closeWrite();
    assertEquals(await readAll(server), "late");
  });

  test("sends FIN after everything written before", async ({ server, client }) => {
    const received = readLength(client);
    const written = server.write(new Uint8Array(MUCH_BYTES));
    await server.closeWrite();
    await written;
    assertEquals(await received, MUCH_BYTES);
  });

  test("refuses to write after its own FIN", async ({ server }) => {
    await server.closeWrite();
    await server.closeWrite();
    await assertRejects(() => server.write(encoder.encode("no")), ConnectionError);
  });

  test("fails with reset when it writes to a peer that is gone", async ({ server, client }) => {
    await server.write(new Uint8Array(1000));
    await client.read(new Uint8Array(1));
    client.close();
    const error = await assertRejects(async () => {
      for (;;) await server.write(new Uint8Array(65_536));
    }, ConnectionError);
    assertEquals(codeOf(error), "reset");
  });

  test("holds writes back while the peer does not read", async ({ server, client }) => {
    let isWritten = false;
    const written = server.write(new Uint8Array(MUCH_BYTES)).then(() => isWritten = true);
    // Some runtimes hand bytes to the system before write() returns.
    assert(server.bufferedBytes > 0 && server.bufferedBytes <= MUCH_BYTES);
    await client.read(new Uint8Array(1));
    assert(server.bufferedBytes > 0 && !isWritten);
    assertEquals(await readLength(client, MUCH_BYTES - 1), MUCH_BYTES - 1);
    await written;
    assertEquals(server.bufferedBytes, 0);
  });

  test("reports the bytes that a slow peer takes during one write", async ({ server, client }) => {
    const written = server.write(new Uint8Array(MUCH_BYTES));
    const first = server.bufferedBytes;
    assertEquals(await readLength(client, MUCH_BYTES / 2), MUCH_BYTES / 2);
    const second = server.bufferedBytes;
    assert(second > 0 && second < first, `${second} of ${first} left`);
    await readLength(client, MUCH_BYTES / 2);
    await written;
  });

  test("carries bytes unchanged, however unevenly they are read", async ({ server, client }) => {
    const sent = Uint8Array.from({ length: 2_000_003 }, (_, index) => index % 251);
    const written = server.write(sent);
    const received = new Uint8Array(sent.length);
    for (let length = 0; length < received.length;) {
      const size = [1, 7, 70_000, 300_000][length % 4]!;
      const count = (await client.read(received.subarray(length, length + size)))!;
      assert(count > 0 && count <= size);
      length += count;
    }
    await written;
    assertEquals(received.findIndex((byte, index) => byte !== sent[index]), -1);
  });

  test("sends concurrent writes in the order of the calls", async ({ server, client }) => {
    const texts = Array.from({ length: 200 }, (_, index) => `${index},`.repeat(index % 7 === 0 ? 5_000 : 1));
    const received = readAll(client);
    await Promise.all(texts.map((text) => server.write(encoder.encode(text))));
    await server.closeWrite();
    assertEquals(await received, texts.join(""));
  });

  test("takes writes of no bytes", async ({ server, client }) => {
    await server.write(new Uint8Array(0));
    await Promise.all([
      server.write(encoder.encode("a")),
      server.write(new Uint8Array(0)),
      server.write(encoder.encode("b")),
    ]);
    await server.closeWrite();
    assertEquals([await readAll(client), server.bufferedBytes], ["ab", 0]);
  });

  test("may be closed twice, and fails with closed from then on", async ({ server }) => {
    server.close();
    server.close();
    for (const action of [() => server.read(new Uint8Array(1)), () => server.write(new Uint8Array(1))]) {
      const error = await assertRejects(action, ConnectionError);
      assertEquals(codeOf(error), "closed");
    }
    await server.closeWrite();
  });

  test("fails a pending read with closed when it is closed", async ({ server }) => {
    const failed = assertRejects(() => server.read(new Uint8Array(1)), ConnectionError);
    server.close();
    assertEquals(codeOf(await failed), "closed");
  });

  test("fails pending writes with closed when it is closed", async ({ server, client }) => {
    const first = assertRejects(() => server.write(new Uint8Array(MUCH_BYTES)), ConnectionError);
    const second = assertRejects(() => server.write(encoder.encode("after")), ConnectionError);
    await client.read(new Uint8Array(1));
    server.close();
    assertEquals([codeOf(await first), codeOf(await second)], ["closed", "closed"]);
  });

  test("settles the sending of FIN when it is closed right after", async ({ server, client }) => {
    const failed = assertRejects(() => server.write(new Uint8Array(MUCH_BYTES)), ConnectionError);
    const ended = server.closeWrite();
    await client.read(new Uint8Array(1));
    server.close();
    await Promise.all([failed, ended]);
  });

  test("is readable by a default reader", async ({ server, client }) => {
    await client.write(encoder.encode("streamed"));
    await client.closeWrite();
    let text = "";
    for await (const piece of server.readable) text += decoder.decode(piece);
    assertEquals(text, "streamed");
  });

  test("is readable by a BYOB reader", async ({ server, client }) => {
    const reader = server.readable.getReader({ mode: "byob" });
    await client.write(encoder.encode("own"));
    const { value } = await reader.read(new Uint8Array(16));
    assertEquals(decoder.decode(value), "own");
    await client.closeWrite();
    const end = await reader.read(new Uint8Array(16));
    assertEquals({ done: end.done, length: end.value?.length }, { done: true, length: 0 });
    reader.releaseLock();
  });

  test("is closed by cancelling its readable", async ({ server, client }) => {
    await server.readable.cancel();
    assertEquals(
      codeOf(await assertRejects(() => server.write(new Uint8Array(1)), ConnectionError)),
      "closed",
    );
    assertEquals(await client.read(new Uint8Array(1)), null);
  });

  test("is writable as a stream, whose end is FIN", async ({ server, client }) => {
    const writer = server.writable.getWriter();
    writer.write(encoder.encode("one "));
    await writer.write(encoder.encode("two"));
    await writer.close();
    assertEquals(await readAll(client), "one two");
    await client.write(encoder.encode("still heard"));
    assertEquals(await readText(server, 11), "still heard");
  });

  test("is closed when both its streams have ended", async ({ server, client }) => {
    const echoed = server.readable.pipeTo(server.writable);
    await client.write(encoder.encode("echo"));
    await client.closeWrite();
    assertEquals(await readAll(client), "echo");
    await echoed;
    const error = await assertRejects(() => server.read(new Uint8Array(1)), ConnectionError);
    assertEquals(codeOf(error), "closed");
  });

  test("is closed by aborting its writable", async ({ server, client }) => {
    await server.writable.abort();
    assertEquals(await client.read(new Uint8Array(1)), null);
  });
}
