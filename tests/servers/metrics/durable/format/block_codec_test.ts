import { assert, assertEquals, assertThrows } from "@std/assert";
import { BlockEncoder, decodeBlock } from "../../../../../src/servers/metrics/durable/format/block_codec.ts";
import { checkRow, signRow } from "../../../../../src/servers/metrics/durable/format/checksum.ts";
import { Chunk } from "../../../../../src/servers/metrics/samples/chunk.ts";
import { decodeJournalRow, JournalGroup } from "../../../../../src/servers/metrics/durable/journal_group.ts";
import {
  PackedReader,
  PackedWriter,
} from "../../../../../src/servers/metrics/durable/format/packed_bytes.ts";
import { createSeries } from "../../create_series.ts";
import { SlabMemory } from "../../../../../src/servers/metrics/samples/slab_memory.ts";
import { Random } from "../../../../support/random.ts";

const memory = new SlabMemory();

function createChunk(samples: readonly (readonly [number, number])[]): Chunk {
  const chunk = new Chunk(memory);
  for (const [timestamp, value] of samples) chunk.insert(chunk.length, timestamp, value);
  return chunk;
}

function run(
  count: number,
  sampleAt: (index: number) => readonly [number, number],
): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, index) => sampleAt(index));
}

const random = new Random(3);
const noise = run(512, (index) => [index, random.below(1e9) / 997 - 5e5]);

// The last number is the most bytes that the block may take for each sample.
const ROWS: readonly (readonly [string, readonly (readonly [number, number])[], number])[] = [
  ["one sample", [[1_700_000_000, 1.5]], 16],
  ["a constant at even times", run(512, (index) => [1_700_000_000 + index * 10, 42]), 1.1],
  [
    "a gauge with two decimals",
    run(512, (index) => [1_700_000_000 + index * 10, 50 + (index * 37 % 100) / 100]),
    2.5,
  ],
  ["a gauge at uneven times", run(512, (index) => [1_700_000_000 + index * 10 + index % 3, index % 90]), 4],
  ["doubles without short decimals", noise, 10],
  [
    "special values",
    [[0, NaN], [1, Infinity], [2, -Infinity], [3, -0], [4, 0], [5, 5e-324], [6, 1.7e308]],
    12,
  ],
  ["the farthest timestamps", [[-(2 ** 53 - 1), 1], [0, 2], [2 ** 53 - 1, 3]], 16],
  ["timestamps in two eras", [[-5, 1], [2 ** 33, 2], [2 ** 33 + 1, 3]], 16],
  ["large integers", [[0, 2 ** 53], [1, -(2 ** 53)], [2, 1e15 + 1]], 16],
  ["mixed decimals", [[0, 1], [1, 0.000001], [2, 123456.5], [3, -7.25]], 16],
];

for (const [name, samples, bytesPerSample] of ROWS) {
  Deno.test(`decodeBlock() gives back ${name} bit by bit`, () => {
    const block = new BlockEncoder().encode(createChunk(samples));
    const chunk = decodeBlock(block, memory);
    assertEquals(chunk.length, samples.length);
    assertEquals(chunk.isDirty, false);
    for (const [index, [timestamp, value]] of samples.entries()) {
      assertEquals(chunk.timestampAt(index), timestamp);
      assert(Object.is(chunk.copyValues()[index], value), `sample ${index}`);
    }
    assert(
      block.length / samples.length <= bytesPerSample,
      `${block.length / samples.length} bytes per sample`,
    );
  });
}

Deno.test("decodeBlock() refuses a block that is cut, has no or too many samples, or an unknown form", () => {
  const block = new BlockEncoder().encode(createChunk(noise.slice(0, 20)));
  for (let length = 0; length < block.length; length++) {
    assertThrows(() => decodeBlock(block.subarray(0, length), memory), RangeError);
  }
  const rows: readonly (readonly number[])[] = [
    [0],
    [...packed(513), 0],
    // One sample more than the count says; then unknown forms of values and of a double.
    [2, 0, 2, 5, 0],
    [1, 0, 2, 0, 9, 0],
    [1, 0, 2, 0, 7, 0x19],
  ];
  for (const row of rows) {
    assertThrows(() => decodeBlock(Uint8Array.of(0, 0, 0, 0, ...row), memory), RangeError);
  }
});

function packed(count: number): Uint8Array {
  const writer = new PackedWriter();
  writer.addCount(count);
  return writer.bytes;
}

Deno.test("checkRow() finds every changed byte, every cut and every wrong place", () => {
  const row = new BlockEncoder().encode(createChunk(noise.slice(0, 20)));
  signRow(row, 7, 2 ** 40);
  checkRow(row, 7, 2 ** 40);
  for (let index = 0; index < row.length; index++) {
    const damaged = row.slice();
    damaged[index]! ^= 1 + index % 255;
    assertThrows(() => checkRow(damaged, 7, 2 ** 40), RangeError, "checksum");
    assertThrows(() => checkRow(row.subarray(0, index), 7, 2 ** 40), RangeError, "checksum");
  }
  for (const place of [[7], [8, 2 ** 40], [7, 2 ** 41], [2 ** 40, 7]]) {
    assertThrows(() => checkRow(row, ...place), RangeError, "checksum");
  }
});

Deno.test("PackedReader gives back integers of every size and refuses to read after the end", () => {
  const writer = new PackedWriter();
  const values = [0];
  for (let power = 0; power < 52; power++) values.push(2 ** power, -(2 ** power), 2 ** power - 1);
  for (const value of values) writer.addInteger(value);
  writer.addCount(Number.MAX_SAFE_INTEGER);
  const reader = new PackedReader(writer.bytes, 0);
  assertEquals(values.map(() => reader.readInteger()), values.map((value) => value === 0 ? 0 : value));
  assertEquals(reader.isAtEnd, false);
  assertEquals(reader.readCount(), Number.MAX_SAFE_INTEGER);
  assertEquals(reader.isAtEnd, true);
  assertThrows(() => reader.readCount(), RangeError, "ended");
});

Deno.test("decodeJournalRow() gives back the puts of a group in order", () => {
  const group = new JournalGroup();
  const series = [createSeries(3, memory), createSeries(70_000, memory)] as const;
  for (let index = 0; index < 3_000; index++) {
    group.addPut(series[index % 2 === 0 ? 0 : 1], index, -index / 3);
  }
  const row = decodeJournalRow(group.encode());
  assertEquals(row.orders.length, 3_000);
  assertEquals([row.orders[0], row.orders[1], row.firsts[2_999], row.seconds[2_999]], [
    3,
    70_000,
    2_999,
    -2_999 / 3,
  ]);
  const drained: number[] = [];
  group.forEach((_series, timestamp) => drained.push(timestamp));
  group.clear();
  assertEquals([drained.length, drained[2_999], group.count], [3_000, 2_999, 0]);
});

Deno.test("decodeJournalRow() gives back the deletions of a group", () => {
  const group = new JournalGroup();
  group.addDeletion(createSeries(3, memory), { from: -Infinity, until: 7 });
  const { kind, firsts, seconds, orders } = decodeJournalRow(group.encode());
  assertEquals([kind, ...firsts, ...seconds, ...orders], ["deletions", -Infinity, 7, 3]);
});

Deno.test("decodeJournalRow() refuses a row whose length differs from its count", () => {
  const group = new JournalGroup();
  group.addPut(createSeries(1, memory), 5, 6);
  const row = group.encode();
  for (let length = 0; length < row.length; length++) {
    assertThrows(() => decodeJournalRow(row.subarray(0, length)), RangeError);
  }
  row[4] = 2;
  assertThrows(() => decodeJournalRow(row), RangeError);
});
