import { assertEquals } from "@std/assert";
import { tcpAddress } from "../../src/net/address.ts";
import { type DrivenSocket, SocketConnection } from "../../src/net/socket_connection.ts";

const IDLE: DrivenSocket = {
  pause() {},
  resume() {},
  send: (bytes) => bytes.length,
  finish() {},
  destroy() {},
  reset() {},
};
const BYTES = 40_000;

function open(): SocketConnection {
  const end = tcpAddress("127.0.0.1", 0);
  return new SocketConnection(IDLE, { local: end, remote: end, isEncrypted: false });
}

function content(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: BYTES }, (_, index) => index * 7);
}

Deno.test("SocketConnection frees an array that the runtime gives away when a read has taken all of it", async () => {
  const connection = open();
  const given = content();
  const buffer = new Uint8Array(65_536);
  const read = connection.read(buffer);
  connection.onOwnData(given);
  assertEquals(await read, BYTES);
  assertEquals([buffer.subarray(0, BYTES), given.buffer.byteLength], [content(), 0]);
});

Deno.test("SocketConnection frees an array that the runtime gives away only when its last part is read", async () => {
  const connection = open();
  const given = content();
  connection.onOwnData(given);
  const first = new Uint8Array(BYTES / 2);
  assertEquals(await connection.read(first), BYTES / 2);
  assertEquals(given.buffer.byteLength, BYTES);
  const second = new Uint8Array(BYTES);
  assertEquals(await connection.read(second), BYTES / 2);
  assertEquals([...first, ...second.subarray(0, BYTES / 2)], [...content()]);
  assertEquals(given.buffer.byteLength, 0);
});

Deno.test("SocketConnection leaves an array alone that the runtime uses again, read at once or later", async () => {
  const connection = open();
  const lent = content();
  const buffer = new Uint8Array(65_536);
  const read = connection.read(buffer);
  connection.onData(lent);
  assertEquals(await read, BYTES);
  connection.onData(lent);
  lent.fill(0);
  assertEquals(await connection.read(buffer), BYTES);
  assertEquals([buffer.subarray(0, BYTES), lent.buffer.byteLength], [content(), BYTES]);
});
