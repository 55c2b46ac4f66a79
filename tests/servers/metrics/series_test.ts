import { assertEquals } from "@std/assert";
import { Series } from "../../../src/servers/metrics/series.ts";
import { SlabMemory } from "../../../src/servers/metrics/slab_memory.ts";
import type { RowSink } from "../../../src/servers/metrics/store.ts";
import { Random } from "../../support/random.ts";

class Rows implements RowSink {
  readonly rows: [number, number][] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.rows.length >= this.#limit;
  }

  addRow(_bytes: Uint8Array, _start: number, _end: number, value: number, timestamp: number): void {
    this.rows.push([timestamp, value]);
  }
}

const KEY = { bytes: Uint8Array.of(0x6b), start: 0, end: 1 };

function readAll(series: Series, pieceRows: number = Infinity): [number, number][] {
  const rows: [number, number][] = [];
  for (let from: number | undefined = -Infinity; from !== undefined;) {
    const piece = new Rows(pieceRows);
    from = series.writeRows(piece, KEY, from);
    rows.push(...piece.rows);
  }
  return rows;
}

function sorted(model: ReadonlyMap<number, number>): [number, number][] {
  return [...model].sort((a, b) => a[0] - b[0]);
}

const ORDERS: readonly (readonly [string, (index: number, random: Random) => number])[] = [
  ["in order", (index) => index * 10],
  ["backwards", (index) => -index],
  ["at random", (_index, random) => random.below(1e9)],
  ["a little late", (index, random) => index * 10 - random.below(300)],
  ["again and again at the same times", (_index, random) => random.below(1_500)],
  ["from both ends", (index) => index % 2 === 0 ? index : -index],
];

for (const [name, timestampAt] of ORDERS) {
  Deno.test(`Series.put() keeps samples that come ${name}, as a Map does`, () => {
    const random = new Random(1);
    const series = new Series(0, new SlabMemory());
    const model = new Map<number, number>();
    for (let index = 0; index < 6_000; index++) {
      const timestamp = timestampAt(index, random);
      assertEquals(series.has(timestamp), model.has(timestamp));
      assertEquals(series.put(timestamp, index), !model.has(timestamp));
      model.set(timestamp, index);
    }
    assertEquals(readAll(series), sorted(model));
    assertEquals(readAll(series, 7), sorted(model));
  });
}

Deno.test("Series.dropBefore() drops what is older and nothing else, at any place", () => {
  for (const limit of [-1, 0, 1, 5, 511, 512, 513, 1_999, 2_000, 9_999]) {
    const series = new Series(0, new SlabMemory());
    const model = new Map<number, number>();
    for (let timestamp = 0; timestamp < 2_000; timestamp++) {
      series.put(timestamp, -timestamp);
      if (timestamp >= limit) model.set(timestamp, -timestamp);
    }
    assertEquals(series.dropBefore(limit, []), 2_000 - model.size);
    assertEquals(series.isEmpty, model.size === 0);
    series.put(5_000, 1);
    assertEquals(readAll(series), sorted(model.set(5_000, 1)));
  }
});

Deno.test("SlabMemory.take() gives room that was given back, and never the same room twice", () => {
  const memory = new SlabMemory();
  const rooms = Array.from({ length: 100 }, () => memory.take(1_024));
  assertEquals(new Set(rooms.map(({ slab, base }) => `${slab.length} ${base}`)).size <= 64, true);
  memory.give(rooms[3]!, 1_024);
  assertEquals(memory.take(1_024) === rooms[3], true);
  assertEquals(memory.take(1_024) === rooms[3], false);
});
