import { assertEquals, assertRejects } from "@std/assert";
import { tcpAddress } from "../../src/net/address.ts";
import { ConnectionError, type Receiver } from "../../src/net/connection.ts";
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

/** A connection whose reads take arrays, and what happens to it. */
function openTaking(): {
  readonly connection: SocketConnection;
  readonly events: string[];
  readonly read: () => void;
} {
  const events: string[] = [];
  const end = tcpAddress("127.0.0.1", 0);
  const socket = {
    ...IDLE,
    pause: () => void events.push("pause"),
    resume: () => void events.push("resume"),
  };
  const connection = new SocketConnection(socket, { local: end, remote: end, isEncrypted: false });
  const receiver: Receiver = {
    onReceived: (count) => void events.push(`${count} in the buffer`),
    onArrayReceived: ({ length }) => void events.push(`array of ${length}`),
    onReceiveFailed: () => void events.push("failed"),
  };
  return { connection, events, read: () => connection.receive(new Uint8Array(BYTES), receiver) };
}

Deno.test("SocketConnection hands an array out as it is if it is larger than the buffer, come at once or early", async () => {
  const { connection, events, read } = openTaking();
  read();
  connection.onOwnData(new Uint8Array(BYTES + 1));
  connection.onOwnData(new Uint8Array(BYTES + 2));
  connection.onOwnData(new Uint8Array(BYTES));
  read();
  await Promise.resolve();
  read();
  await Promise.resolve();
  assertEquals(events, [
    ...[`array of ${BYTES + 1}`, "pause", `array of ${BYTES + 2}`, `${BYTES} in the buffer`],
  ]);
});

Deno.test("SocketConnection copies bytes that the runtime uses again, even if they are more than the buffer takes", () => {
  const { connection, events, read } = openTaking();
  read();
  connection.onData(new Uint8Array(BYTES + 1));
  assertEquals(events, [`${BYTES} in the buffer`]);
});

Deno.test("SocketConnection pauses after a large array unless more is wanted at once", async () => {
  const large = 2 * BYTES;
  const { connection, events, read } = openTaking();
  read();
  connection.onOwnData(new Uint8Array(large));
  read();
  await Promise.resolve();
  connection.onOwnData(new Uint8Array(large));
  await Promise.resolve();
  read();
  assertEquals(events, [`array of ${large}`, `array of ${large}`, "pause", "resume"]);
});

const ROOM = 4 * BYTES;

/** The bytes of a read into a large array: those of each arrival after those before. */
async function readWhile(act: (connection: SocketConnection) => void): Promise<number[]> {
  const connection = open();
  const buffer = new Uint8Array(ROOM);
  const read = connection.read(buffer);
  act(connection);
  return [...buffer.subarray(0, await read ?? 0)];
}

Deno.test("SocketConnection.onMoreData() hands bytes out together with those that follow at once", async () => {
  const short = new Uint8Array([1, 2, 3]);
  const read = readWhile((connection) => {
    connection.onMoreData(content());
    connection.onMoreData(content());
    connection.onData(short);
  });
  assertEquals(await read, [...content(), ...content(), ...short]);
});

const ENDINGS: readonly (readonly [event: string, act: (connection: SocketConnection) => void])[] = [
  ["nothing follows", () => {}],
  ["the peer's end follows", (connection) => connection.onEnd()],
  ["a failure follows", (connection) => connection.onFailure(new ConnectionError("reset", "gone"))],
  ["no more can be read", (connection) => connection.onUnreadable(new ConnectionError("failed", "broken"))],
];
for (const [event, act] of ENDINGS) {
  Deno.test(`SocketConnection.onMoreData() hands bytes out also if ${event}`, async () => {
    const read = readWhile((connection) => {
      connection.onMoreData(content());
      act(connection);
    });
    assertEquals(await read, [...content()]);
  });
}

Deno.test("SocketConnection.onMoreData() hands bytes out when no more fit into the buffer of the read", async () => {
  const read = readWhile((connection) => {
    for (let i = 0; i < 5; i++) connection.onMoreData(content());
  });
  assertEquals((await read).length, ROOM);
});

Deno.test("SocketConnection.close() fails a read also when bytes were gathered for it", async () => {
  const connection = open();
  const read = connection.read(new Uint8Array(ROOM));
  connection.onMoreData(content());
  connection.close();
  await assertRejects(() => read, ConnectionError, "it is closed");
});
