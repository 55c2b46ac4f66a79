import { assertEquals, assertRejects } from "@std/assert";
import { Deadlines } from "../../src/serving/deadlines.ts";
import { FairQueue } from "../../src/serving/fair_queue.ts";
import { HttpError } from "../../src/http/errors.ts";
import type { ReadPhase } from "../../src/http/request/request_source.ts";
import { ConnectionError } from "../../src/net/connection.ts";
import { DEFAULT_SETTINGS, type ServeOptions } from "../../src/serving/serve_options.ts";
import { TimedConnection } from "../../src/serving/timed_connection.ts";
import { settle } from "../support/deadline.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { FakeConnection } from "../support/fake_connection.ts";

const SWEEP_MS = 100;

interface Timed {
  readonly clock: FakeClock;
  readonly client: FakeConnection;
  readonly timed: TimedConnection;
  readonly turns: FairQueue;
}

function open(options: ServeOptions = {}): Timed {
  const clock = new FakeClock();
  const client = new FakeConnection();
  const settings = { ...DEFAULT_SETTINGS, ...options, clock };
  const turns = new FairQueue();
  const timed = new TimedConnection(client, settings, new Deadlines(clock, SWEEP_MS, turns), turns);
  return { clock, client, timed, turns };
}

function read(timed: TimedConnection, buffer: Uint8Array, phase: ReadPhase): Promise<number | null> {
  return new Promise((resolve, reject) => {
    timed.receive(buffer, { onReceived: resolve, onReceiveFailed: reject }, phase);
  });
}

function write(timed: TimedConnection, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    timed.transmit(bytes, { onSent: resolve, onSendFailed: reject });
  });
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("TimedConnection.receive() closes an idle connection when its time is up", async () => {
  const { clock, client, timed } = open({ idleTimeoutMs: 1_000 });
  const failed = assertRejects(() => read(timed, new Uint8Array(10), "request"), ConnectionError);
  assertEquals(timed.isIdle, true);
  await clock.advance(1_000 + SWEEP_MS);
  assertEquals(client.isClosed, true);
  await failed;
  timed.close();
  assertEquals(clock.timerCount, 0);
});

Deno.test("TimedConnection.receive() fails a late head with 408, and keeps the runtime's read for the linger", async () => {
  const { clock, client, timed } = open({ headTimeoutMs: 1_000, lingerTimeoutMs: 500 });
  const failed = assertRejects(() => read(timed, new Uint8Array(10), "head"), HttpError);
  await clock.advance(1_000 + SWEEP_MS);
  const error = await failed;
  assertEquals(error instanceof HttpError && [error.status, error.code], [408, "timeout"]);
  assertEquals([client.isClosed, client.isReading, timed.isReading, timed.isIdle], [
    false,
    true,
    true,
    false,
  ]);
  await write(timed, bytes("answer"));
  const lingered = timed.linger(new Uint8Array(64));
  await client.send("late");
  await clock.advance(500 + SWEEP_MS);
  await lingered;
  assertEquals([client.isClosed, client.hasEnded, client.output], [true, true, "answer"]);
  timed.close();
});

Deno.test("TimedConnection.linger() does not hold the slowness of content against a client that has got its 408", async () => {
  const { clock, client, timed } = open({ bodyTimeoutMs: 1_000, lingerTimeoutMs: 2_000 });
  timed.beginRequest();
  const failed = assertRejects(() => read(timed, new Uint8Array(10), "body"), HttpError);
  await clock.advance(1_000 + SWEEP_MS);
  await failed;
  let hasLingered = false;
  const lingered = timed.linger(new Uint8Array(64)).then(() => hasLingered = true);
  await client.send("late");
  assertEquals([hasLingered, client.isReading], [false, true]);
  await client.end();
  await lingered;
  timed.close();
});

Deno.test("TimedConnection.receive() does not hold the wait for its turn against the client", async () => {
  const { clock, client, timed, turns } = open({ bodyTimeoutMs: 1_000 });
  timed.beginRequest();
  let received: number | null | undefined;
  for (let i = 0; i < 1_000; i++) turns.take(() => {});
  timed.receive(new Uint8Array(100_000), {
    onReceived: (count) => received = count,
    onReceiveFailed: (error) => assertEquals(error, undefined),
  }, "body");
  await client.send("x".repeat(100_000));
  await clock.advance(10_000);
  assertEquals([received, timed.isReading, client.isReading, client.isClosed], [
    undefined,
    true,
    false,
    false,
  ]);
  while (received === undefined) await settle();
  assertEquals([received, timed.isReading], [100_000, false]);
  timed.close();
});

Deno.test("TimedConnection.receive() counts the time of a head from its first wait, over all its reads", async () => {
  const { clock, client, timed } = open({ headTimeoutMs: 1_000 });
  for (let piece = 0; piece < 9; piece++) {
    const receiving = read(timed, new Uint8Array(10), "head");
    await clock.advance(100);
    await client.send("x");
    assertEquals(await receiving, 1);
  }
  const failed = assertRejects(() => read(timed, new Uint8Array(10), "head"), HttpError);
  await clock.advance(100 + SWEEP_MS);
  await failed;
  timed.close();
});

Deno.test("TimedConnection.beginRequest() gives the next head its own time", async () => {
  const { clock, client, timed } = open({ headTimeoutMs: 1_000 });
  const first = read(timed, new Uint8Array(10), "head");
  await clock.advance(900);
  await client.send("x");
  assertEquals(await first, 1);
  timed.beginRequest();
  const second = read(timed, new Uint8Array(10), "head");
  await clock.advance(900);
  await client.send("xy");
  assertEquals(await second, 2);
  timed.close();
});

Deno.test("TimedConnection.transmit() is cut when nothing is taken, and extended when something is", async () => {
  const { clock, client, timed } = open({ writeTimeoutMs: 1_000 });
  client.stall();
  const failed = assertRejects(() => write(timed, bytes("0123456789")), ConnectionError);
  await clock.advance(900);
  await client.take(5);
  await clock.advance(1_000);
  assertEquals(client.isClosed, false);
  await clock.advance(1_000 + SWEEP_MS);
  assertEquals(client.isClosed, true);
  await failed;
  timed.close();
});

Deno.test("TimedConnection.transmit() leaves no deadline behind once it is taken", async () => {
  const { clock, client, timed } = open({ writeTimeoutMs: 1_000 });
  timed.beginRequest();
  await write(timed, bytes("answer"));
  await clock.advance(10_000);
  assertEquals([client.isClosed, timed.deadlineMs], [false, Infinity]);
  timed.close();
});

Deno.test("TimedConnection.linger() ends with the client, after the bound of bytes, or with a reset", async () => {
  const rows: ((client: FakeConnection) => Promise<void>)[] = [
    (client) => client.end(),
    (client) => client.send(new Uint8Array(101)),
    (client) => client.reset(),
  ];
  for (const act of rows) {
    const { client, timed } = open({ maxLingerBytes: 100 });
    const lingered = timed.linger(new Uint8Array(64));
    await client.send(new Uint8Array(50));
    assertEquals([client.hasEnded, client.isReading], [true, true]);
    await act(client);
    await lingered;
    timed.close();
    assertEquals(client.isClosed, true);
  }
});

Deno.test("TimedConnection.receive() fails with closed once the connection is being ended", async () => {
  const { client, timed } = open();
  const lingered = timed.linger(new Uint8Array(64));
  const error = await assertRejects(() => read(timed, new Uint8Array(1), "body"), ConnectionError);
  assertEquals(error instanceof ConnectionError && error.code, "closed");
  await client.end();
  await lingered;
  timed.close();
});

Deno.test("TimedConnection.linger() ends soon after hurry(), before and after it has begun", async () => {
  for (const isEarly of [false, true]) {
    const { clock, client, timed } = open();
    if (isEarly) timed.hurry();
    const lingered = timed.linger(new Uint8Array(64));
    await clock.advance(0);
    if (!isEarly) timed.hurry();
    await client.send("still sending");
    await clock.advance(250);
    assertEquals([client.isClosed, client.hasEnded], [false, true]);
    await clock.advance(SWEEP_MS);
    assertEquals(client.isClosed, true, `early: ${isEarly}`);
    await lingered;
    timed.close();
  }
});

Deno.test("TimedConnection.hurry() changes nothing for a connection that is not at its end", async () => {
  const { clock, client, timed } = open({ idleTimeoutMs: 1_000 });
  const receiving = read(timed, new Uint8Array(10), "request");
  timed.hurry();
  await clock.advance(900);
  await client.send("x");
  assertEquals(await receiving, 1);
  timed.close();
});

Deno.test("TimedConnection.close() may be called twice, and ends the watch", () => {
  const { clock, timed } = open();
  timed.close();
  timed.close();
  assertEquals(clock.timerCount, 0);
});
