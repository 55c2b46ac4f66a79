import { assertEquals } from "@std/assert";
import { MemoryStore } from "../../../src/servers/metrics/memory_store.ts";
import type { MetricStore } from "../../../src/servers/metrics/store.ts";
import { settle } from "../../support/deadline.ts";
import { converse, converseOver, createStalledConnection, toBytes } from "./conversation.ts";

const OK = "ok\n\n";
const WRONG = "error\nwrong command\n\n";

function stored(row: string): string {
  return `ok\n${row}\n\n`;
}

Deno.test("Session refuses a blank line that comes in a later read", async () => {
  assertEquals((await converse([toBytes("get x\n"), toBytes("\n")])).text, OK + WRONG);
});

Deno.test("Session takes a blank line for the end of a command where only its own buffer cut the read", async () => {
  const input = toBytes("get x\n\n".repeat(10_000));
  const { text } = await converse([input]);
  assertEquals(text, OK.repeat(10_000));
});

Deno.test("Session sends the replies of one read in one write", async () => {
  const { writes } = await converse([toBytes("put a 1 1\nbad\nget a\nget *\n"), toBytes("get a\n")]);
  assertEquals(writes.length, 2);
});

Deno.test("Session sends a very large reply in pieces, all rows once and in order", async () => {
  const store = new MemoryStore();
  let puts = "";
  let rows = "";
  for (let index = 0; index < 40_000; index++) {
    puts += `put key${index % 3} ${index}.5 ${index}\n`;
  }
  for (let key = 0; key < 3; key++) {
    for (let index = key; index < 40_000; index += 3) rows += `key${key} ${index}.5 ${index}\n`;
  }
  await converse([toBytes(puts)], store);
  const { text, writes } = await converse([toBytes("get *\n")], store);
  assertEquals(text === `ok\n${rows}\n`, true);
  assertEquals(writes.every((bytes) => bytes < 400_000), true);
});

Deno.test("ClientLoop reads nothing from a client that does not take its replies", async () => {
  const { connection, counts, letGo } = createStalledConnection("get a\n");
  const loop = converseOver(connection);
  await settle();
  assertEquals(counts, { reads: 1, writes: 1 });
  letGo();
  await loop;
  assertEquals(counts, { reads: 2, writes: 1 });
});

Deno.test("Session names the limit that refuses a put, and nothing else changes", async () => {
  const limited = new MemoryStore({ maxSeries: 1, maxSamples: 2 });
  const { text } = await converse(
    [toBytes("put a 1 1\nput b 1 1\nput a 2 2\nput a 3 3\nput a 4 2\nget *\n")],
    limited,
  );
  const expected =
    `${OK}error\ntoo many series\n\n${OK}error\ntoo many samples\n\n${OK}ok\na 1.0 1\na 4.0 2\n\n`;
  assertEquals(text, expected);
});

Deno.test("Session turns every ok that the store could not keep into an error", async () => {
  const memory = new MemoryStore();
  let commits = 0;
  const failures: unknown[] = [];
  const failing: MetricStore = {
    put: (command) => memory.put(command),
    openRows: (key) => memory.openRows(key),
    commit: () => ++commits === 1 ? undefined : Promise.reject(new Error("disk full")),
    maintain: () => {},
    close: () => Promise.resolve(),
  };
  const input = toBytes("put a 1 1\nget a\nput b 1 1\nput c 1 1\n");
  const { text } = await converse([input], failing, { failed: (error) => failures.push(error) });
  assertEquals(text, `${OK}${stored("a 1.0 1")}${"error\nstorage failed\n\n".repeat(2)}`);
  assertEquals(failures.length, 1);
});

Deno.test("Session answers an error to a put that the store throws at", async () => {
  const memory = new MemoryStore();
  const failing: MetricStore = {
    put: (command) => {
      if (command.value === 3) throw new Error("disk full");
      return Promise.resolve(memory.put(command));
    },
    openRows: (key) => Promise.resolve(memory.openRows(key)),
    commit: () => Promise.resolve(),
    maintain: () => {},
    close: () => Promise.resolve(),
  };
  const { text } = await converse([toBytes("put a 1 1\nget a\nput a 2 2\nput a 3 3\nput a 4 4\n")], failing);
  assertEquals(text, `${OK}${stored("a 1.0 1")}${"error\nstorage failed\n\n".repeat(2)}${OK}`);
});

Deno.test("Session reports refused and answered lines", async () => {
  const events: string[] = [];
  await converse([toBytes("put a 1 1\nbad\n")], new MemoryStore(), {
    refused: (line, reason) => events.push(`refused ${new TextDecoder().decode(line)}: ${reason}`),
    answered: (line, status) => events.push(`${status} ${new TextDecoder().decode(line)}`),
  });
  assertEquals(events, ["ok put a 1 1", "refused bad: wrong command", "error bad"]);
});
