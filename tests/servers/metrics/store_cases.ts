// The cases that every store must pass.

import { assertEquals, assertRejects } from "@std/assert";
import {
  ALL_TIME,
  type MetricStore,
  type PutOutcome,
  type StoreLimits,
  StoreRefusal,
} from "../../../src/servers/metrics/store.ts";
import { Random } from "../../support/random.ts";
import { deleteFrom, putOne, putUncommitted, rangeOf, readKeys, readRows } from "./store_actions.ts";

/** Makes an empty store with these limits; the cases close it. */
export type StoreFactory = (limits?: StoreLimits) => Promise<MetricStore>;

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
      assertEquals(await readRows(store, "*", { pieceRows }), ["b 1 7", "a 2 3", "a 1 7", "c 1 7"]);
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
    assertEquals(await putOne(store, "old", 0, 899), "too-old");
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
  test("refuses a put further ahead of the clock than maxFutureSeconds", async (open) => {
    const store = await open({ maxFutureSeconds: 86_400, now: () => 1_000_000 });
    assertEquals(await putOne(store, "a", 1, 87_400), "stored");
    assertEquals(await putOne(store, "a", 1, 87_401), "too-far-ahead");
    assertEquals(await putOne(store, "new", 1, 1_700_000_000_000), "too-far-ahead");
    assertEquals(await readRows(store, "*"), ["a 1 87400"]);
    await store.close();
  });
  test("gives the rows within a time span, both ends included", async (open) => {
    const store = await open();
    for (let index = 0; index < 2_000; index++) await putUncommitted(store, "a", index, index * 10);
    await putOne(store, "b", 7, 15);
    const within = (from: number, until: number): Promise<string[]> =>
      readRows(store, "*", { span: { from, until }, pieceRows: 1 });
    assertEquals(await within(10, 30), ["a 1 10", "a 2 20", "a 3 30", "b 7 15"]);
    assertEquals(await within(11, 19), ["b 7 15"]);
    assertEquals(await within(15_000, 15_010), ["a 1500 15000", "a 1501 15010"]);
    assertEquals(await within(30, 10), []);
    assertEquals(await within(-5, -1), []);
    assertEquals((await within(-Infinity, Infinity)).length, 2_001);
    await store.close();
  });
  test("reads the keys that a pattern matches, in the order of their first put", async (open) => {
    const store = await open();
    for (const key of ["web.b.cpu", "web.a.cpu", "web.a.mem", "db.a.cpu", "web", "web.a.x.cpu"]) {
      await putOne(store, key, 1, 7);
    }
    const rows: readonly (readonly [pattern: string, keys: readonly string[]])[] = [
      ["web.*.cpu", ["web.b.cpu", "web.a.cpu"]],
      ["*.a.{cpu,mem}", ["web.a.cpu", "web.a.mem", "db.a.cpu"]],
      ["{web,db}.*.c*", ["web.b.cpu", "web.a.cpu", "db.a.cpu"]],
      ["web.a.*", ["web.a.cpu", "web.a.mem"]],
      ["w*", ["web"]],
      ["none.*", []],
      ["web", ["web"]],
    ];
    for (const [pattern, keys] of rows) {
      assertEquals(await readKeys(store, pattern, 1), keys);
      assertEquals(await readRows(store, pattern), keys.map((key) => `${key} 1 7`));
    }
    assertEquals((await readKeys(store, "*", 2)).length, 6);
    assertEquals(await readKeys(store, "unknown"), []);
    await store.close();
  });
  test("prefers a key of exactly these bytes to a pattern", async (open) => {
    const store = await open();
    for (const key of ["a*", "ab", "{a,b}", "a", "b"]) await putOne(store, key, 1, 7);
    assertEquals(await readRows(store, "a*"), ["a* 1 7"]);
    assertEquals(await readRows(store, "{a,b}"), ["{a,b} 1 7"]);
    assertEquals(await readKeys(store, "a*"), ["a*", "ab", "a"]);
    await deleteFrom(store, "a*");
    assertEquals(await readRows(store, "a*"), ["ab 1 7", "a 1 7"]);
    await deleteFrom(store, "{a,b}");
    await deleteFrom(store, "{a,b}");
    assertEquals(await readKeys(store, "*"), ["ab"]);
    await store.close();
  });
  test("refuses a pattern that is too long, and takes a key of that length", async (open) => {
    const store = await open();
    const name = "a*".repeat(2_049);
    await assertRejects(async () => await store.openRows(rangeOf(name), ALL_TIME), StoreRefusal);
    await assertRejects(async () => await store.openKeys(rangeOf(name)), StoreRefusal);
    await assertRejects(async () => await store.delete(rangeOf(name), ALL_TIME), StoreRefusal);
    await putOne(store, name, 1, 1);
    assertEquals(await readRows(store, name), [`${name} 1 1`]);
    await store.close();
  });
  test("deletes keys with their place in the order, time spans, and everything", async (open) => {
    const store = await open();
    for (const key of ["a", "b", "c.x", "c.y"]) {
      for (const timestamp of [1, 2, 3]) await putOne(store, key, timestamp, timestamp);
    }
    await deleteFrom(store, "none");
    await deleteFrom(store, "none.*");
    await deleteFrom(store, "a", { from: 4, until: 9 });
    await deleteFrom(store, "a", { from: 3, until: 1 });
    assertEquals((await readRows(store, "*")).length, 12);
    await deleteFrom(store, "a", { from: 2, until: 2 });
    assertEquals(await readRows(store, "a"), ["a 1 1", "a 3 3"]);
    await deleteFrom(store, "c.*", { from: 2, until: 3 });
    assertEquals(await readRows(store, "c.*"), ["c.x 1 1", "c.y 1 1"]);
    await deleteFrom(store, "a", { from: 1, until: 3 });
    assertEquals(await readKeys(store, "*"), ["b", "c.x", "c.y"]);
    await putOne(store, "a", 5, 2);
    assertEquals(await readKeys(store, "*"), ["b", "c.x", "c.y", "a"]);
    assertEquals(await readRows(store, "a"), ["a 5 2"]);
    await deleteFrom(store, "*", { from: 3, until: 9 });
    assertEquals((await readRows(store, "*")).length, 5);
    await deleteFrom(store, "*");
    assertEquals(await readKeys(store, "*"), []);
    assertEquals(await readRows(store, "*"), []);
    await putOne(store, "b", 1, 1);
    assertEquals(await readRows(store, "*"), ["b 1 1"]);
    await store.close();
  });
  test("keeps puts and deletions in the order of their arrival", async (open) => {
    const store = await open();
    await putUncommitted(store, "a", 1, 1);
    await putUncommitted(store, "b", 1, 1);
    await store.delete(rangeOf("a"), ALL_TIME);
    await putUncommitted(store, "a", 2, 2);
    await store.delete(rangeOf("b"), { from: 1, until: 1 });
    await store.delete(rangeOf("a"), { from: 1, until: 1 });
    await putUncommitted(store, "b", 2, 2);
    await store.commit();
    assertEquals(await readRows(store, "*"), ["a 2 2", "b 2 2"]);
    await store.close();
  });
  test("frees room by a deletion", async (open) => {
    const store = await open({ maxSeries: 2, maxSamples: 3 });
    for (const timestamp of [1, 2]) await putOne(store, "a", 1, timestamp);
    await putOne(store, "b", 1, 1);
    assertEquals(await putOne(store, "c", 1, 1), "series-limit");
    assertEquals(await putOne(store, "b", 1, 2), "sample-limit");
    await deleteFrom(store, "a");
    assertEquals(await putOne(store, "c", 1, 1), "stored");
    assertEquals(await putOne(store, "b", 1, 2), "stored");
    assertEquals(await readRows(store, "*"), ["b 1 1", "b 1 2", "c 1 1"]);
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
    if (random.below(100) === 0) await deleteRandomly(store, model, random);
    if (step % 500 !== 499) continue;
    await store.commit();
    assertEquals(await readRows(store, key), modelRows(key, model.get(key) ?? new Map()));
    await store.maintain();
  }
  await store.commit();
  const expected = [...model].flatMap(([key, samples]) => modelRows(key, samples));
  assertEquals(await readRows(store, "*", { pieceRows: 100 }), expected);
  await store.close();
}

async function deleteRandomly(
  store: MetricStore,
  model: Map<string, Map<number, number>>,
  random: Random,
): Promise<void> {
  const from = random.below(400) - 60;
  const until = from + random.below(60);
  const digit = String(random.below(10));
  await store.delete(rangeOf(`key*${digit}`), { from, until });
  for (const [key, samples] of model) {
    if (!key.endsWith(digit)) continue;
    for (const timestamp of samples.keys()) {
      if (timestamp >= from && timestamp <= until) samples.delete(timestamp);
    }
    if (samples.size === 0) model.delete(key);
  }
}

function modelRows(key: string, samples: ReadonlyMap<number, number>): string[] {
  return [...samples].sort((a, b) => a[0] - b[0]).map(([timestamp, value]) => `${key} ${value} ${timestamp}`);
}
