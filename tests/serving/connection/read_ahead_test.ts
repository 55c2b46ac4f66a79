import { assert, assertEquals } from "@std/assert";
import { ByteBudget } from "../../../src/bytes/byte_budget.ts";
import { type AheadReceiver, ReadAhead } from "../../../src/serving/connection/read_ahead.ts";
import { settle } from "../../support/deadline.ts";
import { FakeConnection } from "../../support/fake_connection.ts";
import { meterNatives } from "../../support/work_meter.ts";

/** Notes the outcomes that it is given. */
function createReceiver(): { receiver: AheadReceiver; given: string[] } {
  const given: string[] = [];
  const receiver: AheadReceiver = {
    onReceived: (count) => void given.push(String(count)),
    onArrayReceived: (bytes) => void given.push(new TextDecoder().decode(bytes)),
    onReceiveFailed: (error) => void given.push((error as Error).name),
  };
  return { receiver, given };
}

Deno.test("ReadAhead gives all bytes that have come together, and later ones as they come", async () => {
  const connection = new FakeConnection();
  const ends: unknown[] = [];
  const ahead = new ReadAhead(connection, new ByteBudget(0), { onEndAhead: (error) => ends.push(error) });
  const { receiver, given } = createReceiver();
  assertEquals(ahead.give(receiver), false);
  ahead.read();
  await connection.send("one");
  await connection.send("two");
  assertEquals(ahead.give(receiver), true);
  await settle();
  assertEquals(given, ["onetwo"]);
  assertEquals(ahead.give(receiver), true);
  await connection.send("three");
  assertEquals([given.length, connection.isReading], [2, false], "nobody has asked for more");
  assertEquals(ahead.give(receiver), false);
  assertEquals(ends, []);
});

Deno.test("ReadAhead tells of an end that nobody waits for, and gives it in its turn", async () => {
  for (const [leave, name] of [["end", "null"], ["reset", "ConnectionError"]] as const) {
    const connection = new FakeConnection();
    const ends: unknown[] = [];
    const ahead = new ReadAhead(connection, new ByteBudget(0), { onEndAhead: (error) => ends.push(error) });
    const { receiver, given } = createReceiver();
    ahead.read();
    await connection.send("one");
    await connection[leave]();
    assertEquals(ends.map((error) => error === undefined), [leave === "end"]);
    ahead.give(receiver);
    ahead.give(receiver);
    await settle();
    assertEquals(given, ["one", name]);
    assertEquals(ahead.give(receiver), false);
  }
});

Deno.test("ReadAhead.close() gives back its bytes", () => {
  const budget = new ByteBudget(0);
  new ReadAhead(new FakeConnection(), budget, { onEndAhead() {} }).close();
  assertEquals([budget.take(ReadAhead.maxBytes), budget.take(1)], [true, false]);
});

Deno.test("ReadAhead keeps bytes that come one by one in little more room than they have, and stops at its limit", async () => {
  const connection = new FakeConnection();
  const ahead = new ReadAhead(connection, new ByteBudget(0), { onEndAhead() {} });
  const meter = meterNatives();
  let count = 0;
  try {
    ahead.read();
    for (; connection.isReading; count++) await connection.send("a");
  } finally {
    meter.restore();
  }
  assert(meter.allocatedBytes() <= ReadAhead.maxBytes, `${meter.allocatedBytes()} bytes for ${count}`);
  const { receiver, given } = createReceiver();
  ahead.give(receiver);
  await settle();
  assertEquals(given, ["a".repeat(count)]);
});
