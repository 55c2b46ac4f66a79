// The cases that every store passes, whatever it is made of.

import { assertEquals } from "@std/assert";
import type { MetricStore, PutOutcome, RowSink, StoreLimits } from "../../../src/servers/metrics/store.ts";
import { Random } from "../../support/random.ts";

/** Makes an empty store with these limits; the cases close it. */
export type StoreFactory = (limits?: StoreLimits) => Promise<MetricStore>;

/** Puts one sample and commits it. */
export async function putOne(
  store: MetricStore,
  key: string,
  value: number,
  timestamp: number,
): Promise<PutOutcome> {
  const outcome = await putUncommitted(store, key, value, timestamp);
  await store.commit();
  return outcome;
}

/** Puts one sample. */
export async function putUncommitted(
  store: MetricStore,
  key: string,
  value: number,
  timestamp: number,
): Promise<PutOutcome> {
  const bytes = new TextEncoder().encode(key);
  return await store.put({ bytes, keyStart: 0, keyEnd: bytes.length, value, timestamp });
}

/** Reads rows as `key value timestamp`; the sink is full after that many rows. */
export async function readRows(
  store: MetricStore,
  key: string,
  pieceRows: number = Infinity,
): Promise<string[]> {
  const bytes = new TextEncoder().encode(key);
  const reader = await store.openRows(key === "*" ? "all" : { bytes, start: 0, end: bytes.length });
  const rows: string[] = [];
  let left = pieceRows;
  const sink: RowSink = {
    get isFull(): boolean {
      return left === 0;
    },
    addRow(keyBytes, keyStart, keyEnd, value, timestamp): void {
      left--;
      rows.push(`${new TextDecoder().decode(keyBytes.slice(keyStart, keyEnd))} ${value} ${timestamp}`);
    },
  };
  while (!(await reader.fill(sink))) left = pieceRows;
  return rows;
}

/** Registers the cases for one kind of store. @param name the class, for the names of the tests */
export function testStore(name: string, open: StoreFactory): void {
  function test(claim: string, run: (open: StoreFactory) => Promise<void>): void {
    Deno.test(`${name} ${claim}`, () => run(open));
  }
  test("has no rows for an unknown key, nor for all keys at first", async (open) => {
    const store = await open();
    assertEquals(await readRows(store, "a"), []);
    assertEquals(await readRows(store, "*"), []);
    await store.close();
  });
  test("gives the rows of a key by timestamp and replaces the value of a timestamp", async (open) => {
    const store = await open();
    for (const [value, timestamp] of [[1, 20], [2, 10], [3, 15], [4, 20], [5, -5]] as const) {
      assertEquals(await putOne(store, "a", value, timestamp), "stored");
    }
    assertEquals(await readRows(store, "a"), ["a 5 -5", "a 2 10", "a 3 15", "a 4 20"]);
    await store.close();
  });
  test("lists keys in the order of their first put, in pieces of any size", async (open) => {
    const store = await open();
    for (const key of ["b", "a", "c", "a", "b"]) await putOne(store, key, 1, 7);
    await putOne(store, "a", 2, 3);
    for (const pieceRows of [1, 2, 3, 100]) {
      assertEquals(await readRows(store, "*", pieceRows), ["b 1 7", "a 2 3", "a 1 7", "c 1 7"]);
    }
    await store.close();
  });
  test("commits many puts at once", async (open) => {
    const store = await open();
    for (let index = 0; index < 3_000; index++) await putUncommitted(store, `k${index % 3}`, index, index);
    await store.commit();
    assertEquals((await readRows(store, "k2")).length, 1_000);
    await store.close();
  });
  test("agrees with a Map of Maps on random puts and gets", (open) => agreeWithModel(open));
  test("refuses new series at maxSeries and still replaces and appends", async (open) => {
    const store = await open({ maxSeries: 2 });
    assertEquals(await putOne(store, "a", 1, 1), "stored");
    assertEquals(await putOne(store, "b", 1, 1), "stored");
    assertEquals(await putOne(store, "c", 1, 1), "series-limit");
    assertEquals(await putOne(store, "a", 2, 1), "stored");
    assertEquals(await putOne(store, "a", 3, 2), "stored");
    assertEquals(await readRows(store, "*"), ["a 2 1", "a 3 2", "b 1 1"]);
    await store.close();
  });
  test("refuses new samples at maxSamples and still replaces, committed or not", async (open) => {
    const store = await open({ maxSamples: 3 });
    const outcomes: PutOutcome[] = [];
    const puts = [["a", 1], ["a", 1], ["a", 2], ["a", 1], ["b", 1], ["a", 3], ["c", 1], ["b", 1], [
      "a",
      2,
    ]] as const;
    for (const [key, timestamp] of puts) outcomes.push(await putUncommitted(store, key, 9, timestamp));
    await store.commit();
    assertEquals(outcomes.map((outcome) => outcome === "stored"), [
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
    assertEquals(await readRows(store, "*"), ["a 9 1", "a 9 2", "b 9 1"]);
    await store.close();
  });
  test("hides expired samples at once, drops them in maintain(), and makes room", async (open) => {
    let nowMs = 1_000_000;
    const store = await open({ retentionSeconds: 100, maxSeries: 2, now: () => nowMs });
    await putOne(store, "old", 1, 900);
    await putOne(store, "both", 1, 950);
    await putOne(store, "both", 2, 1_000);
    assertEquals(await putOne(store, "old", 0, 899), "stored");
    assertEquals(await readRows(store, "*"), ["old 1 900", "both 1 950", "both 2 1000"]);
    nowMs = 1_060_000;
    assertEquals(await readRows(store, "*"), ["both 2 1000"]);
    assertEquals(await readRows(store, "old"), []);
    assertEquals(await putOne(store, "new", 1, 1_050), "series-limit");
    await store.maintain();
    assertEquals(await putOne(store, "new", 1, 1_050), "stored");
    assertEquals(await readRows(store, "*"), ["both 2 1000", "new 1 1050"]);
    await store.close();
  });
  test("closes twice without harm", async (open) => {
    const store = await open();
    await putUncommitted(store, "a", 1, 1);
    await store.close();
    await store.close();
    await store.maintain();
  });
}

async function agreeWithModel(open: StoreFactory): Promise<void> {
  const store = await open();
  const model = new Map<string, Map<number, number>>();
  const random = new Random(11);
  for (let step = 0; step < 5_000; step++) {
    const key = `key${random.below(20)}`;
    const timestamp = random.below(400) - 50;
    await putUncommitted(store, key, step, timestamp);
    const samples = model.get(key) ?? new Map<number, number>();
    model.set(key, samples.set(timestamp, step));
    if (step % 500 !== 499) continue;
    await store.commit();
    assertEquals(await readRows(store, key), modelRows(key, samples));
    await store.maintain();
  }
  await store.commit();
  const expected = [...model].flatMap(([key, samples]) => modelRows(key, samples));
  assertEquals(await readRows(store, "*", 100), expected);
  await store.close();
}

function modelRows(key: string, samples: ReadonlyMap<number, number>): string[] {
  return [...samples].sort((a, b) => a[0] - b[0]).map(([timestamp, value]) => `${key} ${value} ${timestamp}`);
}
