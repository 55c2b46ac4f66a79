import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import type {
  ByteRange,
  MetricStore,
  PutCommand,
  PutOutcome,
  RowReader,
  TimeSpan,
} from "../../../../src/servers/metrics/store.ts";
import { settle } from "../../../support/deadline.ts";
import { converse, converseOver, createStalledConnection } from "./converse.ts";
import { bytesOf } from "../../../support/latin1.ts";

const OK = "ok\n\n";
const WRONG = "error\nwrong command\n\n";
const FAILED = "error\nstorage failed\n\n";

function stored(row: string): string {
  return `ok\n${row}\n\n`;
}

Deno.test("Session refuses a blank line that comes in a later read", async () => {
  assertEquals((await converse([bytesOf("get x\n"), bytesOf("\n")])).text, OK + WRONG);
});

Deno.test("Session takes a blank line for the end of a command if only its own buffer cut the read", async () => {
  const input = bytesOf("get x\n\n".repeat(10_000));
  const { text } = await converse([input]);
  assertEquals(text, OK.repeat(10_000));
});

Deno.test("Session sends the replies of one read in one write", async () => {
  const { writes } = await converse([bytesOf("put a 1 1\nbad\nget a\nget *\n"), bytesOf("get a\n")]);
  assertEquals(writes.length, 2);
});

// Rows of a little over ten thousand bytes each.
function createLargeStore(rowCount: number): { readonly store: MemoryStore; readonly reply: string } {
  const store = new MemoryStore();
  let reply = "ok\n";
  for (let index = 0; index < rowCount; index++) {
    const key = `${index % 7}`.padEnd(10_000, "k");
    store.put({ bytes: bytesOf(key), keyStart: 0, keyEnd: key.length, value: index + 0.5, timestamp: index });
  }
  for (let series = 0; series < Math.min(7, rowCount); series++) {
    const key = `${series}`.padEnd(10_000, "k");
    for (let index = series; index < rowCount; index += 7) reply += `${key} ${index}.5 ${index}\n`;
  }
  return { store, reply: `${reply}\n` };
}

Deno.test("Session sends a reply of up to 256 KiB in one write, a larger one in pieces of that size", async () => {
  const { store, reply } = createLargeStore(90);
  const { text, writes } = await converse([bytesOf("get *\nget none\nbad\n")], store);
  assertEquals(text === reply + OK + WRONG, true);
  assertEquals(writes.length, 4);
  assertEquals(writes.every((bytes) => bytes < 275_000), true);
  const small = createLargeStore(20);
  const together = await converse([bytesOf("get *\nbad\n")], small.store);
  assertEquals(together.writes, [small.reply.length + WRONG.length]);
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

Deno.test("Session names the limit that refuses a put, and changes nothing else", async () => {
  const limited = new MemoryStore({ maxSeries: 1, maxSamples: 2 });
  const { text } = await converse(
    [bytesOf("put a 1 1\nput b 1 1\nput a 2 2\nput a 3 3\nput a 4 2\nget *\n")],
    limited,
  );
  const expected =
    `${OK}error\ntoo many series\n\n${OK}error\ntoo many samples\n\n${OK}ok\na 1.0 1\na 4.0 2\n\n`;
  assertEquals(text, expected);
});

// A store in memory with some methods replaced.
function createStoreWith(
  replaced: Partial<MetricStore>,
  memory: MemoryStore = new MemoryStore(),
): MetricStore {
  return {
    put: (command) => memory.put(command),
    openRows: (name, span) => memory.openRows(name, span),
    openKeys: (pattern) => memory.openKeys(pattern),
    delete: (name, span) => memory.delete(name, span),
    commit: () => {},
    maintain: () => {},
    close: () => Promise.resolve(),
    ...replaced,
  };
}

Deno.test("Session turns the ok of every put that the store could not keep into an error, and nothing else", async () => {
  let commits = 0;
  const failures: unknown[] = [];
  const failing = createStoreWith({
    commit: () => ++commits === 1 ? undefined : Promise.reject(new Error("disk full")),
  });
  const input = bytesOf("put a 1 1\nget a\nput b 1 1\nbad\nput c 1 1\n");
  const { text } = await converse([input], failing, { failed: (error) => failures.push(error) });
  assertEquals(text, `${OK}${stored("a 1.0 1")}${FAILED}${WRONG}${FAILED}`);
  assertEquals(failures.length, 1);
});

Deno.test("Session replies with an error to a put if the store throws", async () => {
  for (const isAsynchronous of [false, true]) {
    const memory = new MemoryStore();
    const put = (command: PutCommand): PutOutcome => {
      if (command.value === 3) throw new Error("disk full");
      return memory.put(command);
    };
    const failing = createStoreWith({
      put: isAsynchronous ? (command) => Promise.resolve().then(() => put({ ...command })) : put,
      openRows: (name, span) => Promise.resolve(memory.openRows(name, span)),
      commit: () => Promise.resolve(),
    });
    const input = bytesOf("put a 1 1\nget a\nput a 2 2\nbad\nput a 3 3\nput a 4 4\n");
    const { text } = await converse([input], failing);
    assertEquals(text, `${OK}${stored("a 1.0 1")}${FAILED}${WRONG}${FAILED}${OK}`);
  }
});

Deno.test("Session replies with an error to a get if the store fails, with no row before it", async () => {
  const failingReader: RowReader = {
    fill: (sink) => {
      sink.addRow(bytesOf("k"), 0, 1, 1, 1);
      throw new Error("connection lost");
    },
  };
  const readers = [() => Promise.reject(new Error("connection lost")), () => failingReader];
  for (const openRows of readers) {
    const failures: unknown[] = [];
    const { text } = await converse([bytesOf("put a 1 1\nget a\nbad\n")], createStoreWith({ openRows }), {
      failed: (error) => failures.push(error),
    });
    assertEquals(text, OK + FAILED + WRONG);
    assertEquals(failures.length, 1);
  }
});

Deno.test("Session ends the connection when the store fails after a part of a reply was sent", async () => {
  const { store } = createLargeStore(90);
  let fills = 0;
  const openRows = (name: ByteRange, span: TimeSpan): RowReader => {
    const rows = store.openRows(name, span);
    return {
      fill: (sink) => {
        if (++fills > 2) throw new Error("connection lost");
        return rows.fill(sink);
      },
    };
  };
  await assertRejects(
    () => converse([bytesOf("get *\n")], createStoreWith({ openRows })),
    Error,
    "connection lost",
  );
});

Deno.test("Session reports refused lines, and lines with a reply", async () => {
  const events: string[] = [];
  const show = (line: Uint8Array | undefined): string =>
    line === undefined ? "too long" : new TextDecoder().decode(line);
  await converse([bytesOf(`put a 1 1\nbad\n${"x".repeat(70_000)}\n`)], new MemoryStore(), {
    refused: (_client, line, reason) => events.push(`refused ${show(line)}: ${reason}`),
    answered: (_client, line, status) => events.push(`${status} ${show(line)}`),
  });
  assertEquals(events, [
    "ok put a 1 1",
    "refused bad: wrong command",
    "error bad",
    "refused too long: wrong command",
    "error too long",
  ]);
});
