import { tcpAddress } from "../../../../src/net/address.ts";
import { assertEquals } from "@std/assert";
import type { ClientLoop } from "../../../../src/servers/metrics/conversation/client_loop.ts";
import type { Receiver, Sender } from "../../../../src/net/connection.ts";
import { settle } from "../../../support/deadline.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { createLoop, type ServedConnection, transmitOver } from "./converse.ts";

const OK = "ok\n\n";
const WRONG = "error\nwrong command\n\n";
const COMMAND = "get abc\n";
const FULL = COMMAND.repeat(32);

// A connection whose bytes and end come when the test says so.
class DrivenConnection implements ServedConnection {
  readonly remote = tcpAddress("127.0.0.1", 1);
  text = "";
  reads = 0;
  hasSentEnd = false;
  isClosed = false;
  taken: Promise<void> = Promise.resolve();
  #pending: { readonly buffer: Uint8Array; readonly receiver: Receiver } | undefined;

  get isRead(): boolean {
    return this.#pending !== undefined;
  }

  /** The bytes that the pending read takes. */
  get room(): number {
    return this.#pending!.buffer.length;
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    assertEquals(this.isRead, false);
    this.reads++;
    this.#pending = { buffer, receiver };
  }

  /** Delivers as many bytes as the buffer has room for. */
  give(text: string): void {
    const { buffer, receiver } = this.#take();
    buffer.set(bytesOf(text));
    receiver.onReceived(text.length);
  }

  /** Delivers as many commands as the buffer has room for. @returns how many */
  fill(): number {
    const count = this.room / COMMAND.length;
    this.give(COMMAND.repeat(count));
    return count;
  }

  finish(): void {
    this.#take().receiver.onReceived(null);
  }

  fail(error: Error): void {
    this.#take().receiver.onReceiveFailed(error);
  }

  write(bytes: Uint8Array): Promise<void> {
    this.text += new TextDecoder().decode(bytes);
    return this.taken;
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    transmitOver(this, bytes, sender);
  }

  closeWrite(): Promise<void> {
    this.hasSentEnd = true;
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }

  #take(): { readonly buffer: Uint8Array; readonly receiver: Receiver } {
    const pending = this.#pending!;
    this.#pending = undefined;
    return pending;
  }
}

interface Driven {
  readonly connection: DrivenConnection;
  readonly loop: ClientLoop;
  /** The end of the loop, one entry for each time that it is reported. */
  readonly ends: unknown[];
}

function drive(): Driven {
  const connection = new DrivenConnection();
  const ends: unknown[] = [];
  const loop = createLoop(connection, (error) => ends.push(error));
  loop.start();
  return { connection, loop, ends };
}

Deno.test("ClientLoop replies to a put into memory during the call that brings its bytes", async () => {
  const { connection } = drive();
  connection.give("put a 1 1\n");
  assertEquals(connection.text, OK);
  await settle();
  connection.give("put a 2 2\nbad\n");
  assertEquals(connection.text, OK + OK + WRONG);
});

Deno.test("ClientLoop takes a blank line after a full buffer for the end of the command if it has already arrived", async () => {
  const rows: [full: string, after: string, replies: string][] = [
    [FULL, "\n", OK.repeat(32)],
    [FULL, "\r\nget x\n", OK.repeat(33)],
    [`${COMMAND.repeat(30)}get abcdefghij\n\r`, "\n", OK.repeat(31)],
    [FULL, "\n\n", OK.repeat(32) + WRONG],
  ];
  for (const [full, after, replies] of rows) {
    const { connection } = drive();
    connection.give(full);
    connection.give(after);
    await settle();
    assertEquals(connection.text, replies);
  }
});

Deno.test("ClientLoop refuses a blank line that comes later than a full buffer of each size", async () => {
  const { connection } = drive();
  let expected = "";
  for (const bytes of [256, 4_096, 16_384, 65_536, 262_144, 262_144]) {
    const commands = connection.fill();
    assertEquals(commands * COMMAND.length, bytes);
    expected += OK.repeat(commands);
    // A client that wants much takes turns.
    for (let wait = 0; wait < 100 && connection.text.length < expected.length; wait++) await settle();
    assertEquals(connection.text === expected, true);
  }
  connection.give("\n");
  await settle();
  assertEquals(connection.text === expected + WRONG, true);
});

Deno.test("ClientLoop reads batches of one size whole after the first, with the smallest buffer for that", async () => {
  const { connection } = drive();
  connection.fill();
  connection.give(COMMAND);
  await settle();
  assertEquals(connection.room, 4_096);
  for (const [bytes, room] of [[256, 4_096], [248, 256]] as const) {
    connection.give(COMMAND.repeat(bytes / COMMAND.length));
    await settle();
    assertEquals(connection.room, room);
  }
});

Deno.test("ClientLoop refuses a blank line that comes while the replies to a full buffer are being sent", async () => {
  const { connection } = drive();
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.taken = promise;
  connection.give(FULL);
  await settle();
  assertEquals(connection.text, OK.repeat(32));
  connection.give("\n");
  resolve();
  await settle();
  assertEquals(connection.text, OK.repeat(32) + WRONG);
});

Deno.test("ClientLoop reads one buffer after a full one from a client that does not take its replies, and no more", async () => {
  const { connection } = drive();
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.taken = promise;
  const first = connection.fill();
  const second = connection.fill();
  await settle();
  assertEquals({ reads: connection.reads, isRead: connection.isRead }, { reads: 2, isRead: false });
  assertEquals(connection.text, OK.repeat(first));
  resolve();
  // A client that wants much takes turns.
  const expected = OK.repeat(first + second);
  for (let wait = 0; wait < 100 && connection.text.length < expected.length; wait++) await settle();
  assertEquals({ reads: connection.reads, isRead: connection.isRead }, { reads: 3, isRead: true });
  assertEquals(connection.text === expected, true);
});

Deno.test("ClientLoop replies to a full buffer before it handles the end or the failure after it", async () => {
  const failure = new Error("reset");
  for (const error of [undefined, failure]) {
    const { connection, ends } = drive();
    connection.give(FULL);
    if (error === undefined) connection.finish();
    else connection.fail(error);
    await settle();
    assertEquals(connection.text, OK.repeat(32));
    assertEquals({ ends, isClosed: connection.isClosed }, { ends: [error], isClosed: true });
  }
});

Deno.test("ClientLoop.stop() drops what comes after a full buffer, until the client has finished", async () => {
  for (const isThereAlready of [true, false]) {
    const { connection, loop, ends } = drive();
    connection.give(FULL);
    loop.stop();
    if (isThereAlready) connection.give(COMMAND);
    await settle();
    assertEquals({ text: connection.text, hasSentEnd: connection.hasSentEnd }, {
      text: OK.repeat(32),
      hasSentEnd: true,
    });
    // It is not idle: closing now could destroy the replies.
    assertEquals(connection.isClosed, false);
    connection.give(COMMAND);
    connection.finish();
    assertEquals([ends, connection.text], [[undefined], OK.repeat(32)]);
  }
});

Deno.test("ClientLoop ends once if the client is gone after a full buffer", async () => {
  const { connection, ends } = drive();
  const failure = new Error("reset");
  const { promise, reject } = Promise.withResolvers<void>();
  connection.taken = promise;
  connection.give(FULL);
  await settle();
  reject(failure);
  await settle();
  connection.fail(new Error("closed"));
  await settle();
  assertEquals({ ends, isClosed: connection.isClosed }, { ends: [failure], isClosed: true });
});

Deno.test("ClientLoop.stop() closes a client that sends without end", async () => {
  const { connection, loop, ends } = drive();
  connection.give(FULL);
  loop.stop();
  await settle();
  for (let dropped = 0; dropped <= 16_777_216 && !connection.isClosed;) {
    dropped += connection.fill() * COMMAND.length;
  }
  assertEquals({ ends, isClosed: connection.isClosed, text: connection.text }, {
    ends: [undefined],
    isClosed: true,
    text: OK.repeat(32),
  });
});
