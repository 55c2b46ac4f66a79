import { assertEquals } from "@std/assert";
import type { Series } from "../../../../src/servers/metrics/samples/series.ts";
import { SlabMemory } from "../../../../src/servers/metrics/samples/slab_memory.ts";
import type { RowSink } from "../../../../src/servers/metrics/store.ts";
import { createSeries } from "../create_series.ts";
import { Random } from "../../../support/random.ts";

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

function readAll(series: Series, pieceRows: number = Infinity): [number, number][] {
  const rows: [number, number][] = [];
  for (let from: number | undefined = -Infinity; from !== undefined;) {
    const piece = new Rows(pieceRows);
    from = series.writeRows(piece, { from, until: Infinity });
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
  ["in microseconds", (index) => 1.7e15 + index * 10_000_000],
  ["far apart", (index) => index * 1_000_000_000 * (index % 2 === 0 ? 1 : -1)],
  ["all over the range", (_index, random) => (random.below(2 ** 32) - 2 ** 31) * 4_194_304],
  ["in two eras", (index) => index % 3 === 0 ? 2 ** 53 - 1 - index : index - (2 ** 53 - 1)],
];

for (const [name, timestampAt] of ORDERS) {
  Deno.test(`Series.put() keeps samples that come ${name}, as a Map does`, () => {
    const random = new Random(1);
    const series = createSeries(1, new SlabMemory());
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

Deno.test("Series.deleteSpan() removes the samples of a time span and nothing else, at any place", () => {
  const edges = [-1, 0, 1, 5, 511, 512, 513, 1_023, 1_024, 1_999, 2_000, 9_999];
  for (const from of [-Infinity, ...edges]) {
    for (const until of [...edges, Infinity]) {
      const series = createSeries(1, new SlabMemory());
      const model = new Map<number, number>();
      for (let timestamp = 0; timestamp < 2_000; timestamp++) {
        series.put(timestamp, -timestamp);
        if (timestamp < from || timestamp > until) model.set(timestamp, -timestamp);
      }
      assertEquals(series.deleteSpan({ from, until }, []), 2_000 - model.size);
      assertEquals(series.isEmpty, model.size === 0);
      series.put(5_000, 1);
      assertEquals(readAll(series), sorted(model.set(5_000, 1)));
    }
  }
});

Deno.test("Series keeps samples whose distance from dropped ones is larger than a chunk can hold", () => {
  const series = createSeries(1, new SlabMemory());
  const model = new Map<number, number>();
  const put = (timestamp: number): void => {
    series.put(timestamp, timestamp);
    model.set(timestamp, timestamp);
  };
  for (const timestamp of [0, 10, 4_000_000_000]) put(timestamp);
  assertEquals(series.deleteSpan({ from: -Infinity, until: 3_999_999_999 }, []), 2);
  model.delete(0);
  model.delete(10);
  for (const timestamp of [4_294_967_296, 8_000_000_000, 3_999_999_999]) put(timestamp);
  assertEquals(readAll(series), sorted(model));
});

Deno.test("SlabMemory.take() reuses room that was given back, and never gives the same room twice", () => {
  const memory = new SlabMemory();
  const rooms = Array.from({ length: 100 }, () => memory.take(1_024));
  assertEquals(new Set(rooms.map(({ slab, base }) => `${slab.doubles.length} ${base}`)).size <= 64, true);
  memory.give(rooms[3]!, 1_024);
  assertEquals(memory.take(1_024) === rooms[3], true);
  assertEquals(memory.take(1_024) === rooms[3], false);
});
