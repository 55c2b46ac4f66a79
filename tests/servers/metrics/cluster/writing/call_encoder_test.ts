import { assertEquals } from "@std/assert";
import type { Buffer } from "node:buffer";
import { createPartitions } from "../../../../../src/storage/cluster/key_slot.ts";
import { encodeCalls, joinCalls } from "../../../../../src/servers/metrics/cluster/writing/call_encoder.ts";
import { KnownKeys } from "../../../../../src/servers/metrics/cluster/reading/known_keys.ts";
import { PutBatch } from "../../../../../src/servers/metrics/cluster/writing/put_batch.ts";

interface Group {
  readonly name: string;
  readonly order: number | undefined;
  readonly samples: readonly (readonly [number, number])[];
}

/** Reads calls as samples.lua does. */
function decode(bytes: Buffer): Group[] {
  const groups: Group[] = [];
  for (let at = 0; at < bytes.length;) {
    const flags = bytes.readUInt8(at);
    const [nameLength, length] = [bytes.readUInt16BE(at + 1), bytes.readUInt32BE(at + 3)];
    at += 7;
    const order = flags % 2 === 1 ? bytes.readDoubleBE(at) : undefined;
    if (order !== undefined) at += 8;
    const era = flags >= 2 ? bytes.readDoubleBE(at) : 0;
    if (flags >= 2) at += 8;
    const name = bytes.toString("latin1", at, at + nameLength);
    at += nameLength;
    const samples: (readonly [number, number])[] = [];
    for (const end = at + length; at < end; at += 12) {
      samples.push([era * 2 ** 32 + bytes.readUInt32BE(at), bytes.readDoubleBE(at + 4)]);
    }
    groups.push({ name, order, samples });
  }
  return groups;
}

function gather(puts: readonly (readonly [string, number, number])[], partitions = 1): PutBatch {
  const known = new KnownKeys(createPartitions(partitions));
  const batch = new PutBatch();
  for (const [key, timestamp, value] of puts) {
    const bytes = new TextEncoder().encode(`..${key}.`);
    const [start, end] = [2, bytes.length - 1];
    batch.add(known.find(bytes, start, end) ?? known.add(bytes, start, end), timestamp, value);
  }
  return batch;
}

const ROWS: readonly (readonly [string, (readonly [number, number])[], (readonly [number, number])[][]])[] = [
  ["in the order of time", [[1, 5], [2, 6]], [[[1, 5], [2, 6]]]],
  ["sorted", [[3, 1], [1, 2], [2, 3]], [[[1, 2], [2, 3], [3, 1]]]],
  ["with the last value of each timestamp", [[1, 1], [1, 2], [0, 3], [1, 4]], [[[0, 3], [1, 4]]]],
  ["in groups of one era", [[-5, 1], [7, 2], [2 ** 33 + 1, 3]], [[[-5, 1]], [[7, 2]], [[2 ** 33 + 1, 3]]]],
  ["at the farthest timestamps", [[1 - 2 ** 53, NaN], [2 ** 53 - 1, -0]], [[[1 - 2 ** 53, NaN]], [[
    2 ** 53 - 1,
    -0,
  ]]]],
];

for (const [claim, samples, expected] of ROWS) {
  Deno.test(`encodeCalls() gives the samples of a key ${claim}`, () => {
    const batch = gather(samples.map(([timestamp, value]) => ["a", timestamp, value]));
    const [call] = encodeCalls(batch.groups, new Map());
    assertEquals(decode(call!.bytes).map(({ samples }) => samples), expected);
    assertEquals(call!.groups.length, expected.length);
  });
}

Deno.test("encodeCalls() names keys with the tag of their partition, and numbers the keys that may be new", () => {
  const batch = gather([["b", 1, 1], ["a", 1, 2], ["b", 2, 3]]);
  const [call] = encodeCalls(batch.groups, new Map([[batch.groups[1]!, 7]]));
  assertEquals(decode(call!.bytes), [
    { name: "mo:{0}b", order: undefined, samples: [[1, 1], [2, 3]] },
    { name: "mo:{0}a", order: 7, samples: [[1, 2]] },
  ]);
});

Deno.test("encodeCalls() makes no call of more than 2,000 samples, and loses none", () => {
  const puts = Array.from(
    { length: 9_000 },
    (_, index) => [index % 3 === 0 ? "a" : "b", index, index] as const,
  );
  const calls = encodeCalls(gather(puts).groups, new Map());
  const counts = calls.map(({ bytes }) =>
    decode(bytes).reduce((sum, { samples }) => sum + samples.length, 0)
  );
  assertEquals(counts, [2_000, 2_000, 2_000, 2_000, 1_000]);
  const all = calls.flatMap(({ bytes }) => decode(bytes)).flatMap(({ samples }) =>
    samples.map(([time]) => time)
  );
  assertEquals(all.sort((a, b) => a - b), puts.map(([, time]) => time));
});

Deno.test("encodeCalls() makes a call for each partition, and a key is always in the same one", () => {
  const puts = Array.from({ length: 1_000 }, (_, index) => [`cpu.${index}`, 1, index] as const);
  const first = encodeCalls(gather(puts, 64).groups, new Map());
  assertEquals(new Set(first.map(({ partition }) => partition)).size, 64);
  const again = encodeCalls(gather(puts.toReversed(), 64).groups, new Map());
  const names = (calls: typeof first): string[] =>
    calls.flatMap(({ partition, bytes }) => decode(bytes).map(({ name }) => `${partition} ${name}`)).sort();
  assertEquals(names(again), names(first));
});

Deno.test("joinCalls() puts calls one after the other, each with its tag", () => {
  const partitions = createPartitions(64);
  const puts = Array.from({ length: 100 }, (_, index) => [`cpu.${index}`, 1, index] as const);
  const calls = encodeCalls(gather(puts, 64).groups, new Map())
    .map(({ partition, bytes }) => ({ tag: partitions[partition]!.tag, bytes }));
  const { tag, bytes } = joinCalls(calls);
  assertEquals(tag, calls[0]!.tag);
  const read: typeof calls = [];
  for (let at = 0; at < bytes.length;) {
    const [tagLength, length] = [bytes.readUInt8(at), bytes.readUInt32BE(at + 1)];
    const start = at + 5 + tagLength;
    at = start + length;
    read.push({ tag: bytes.toString("latin1", start - tagLength, start), bytes: bytes.subarray(start, at) });
  }
  assertEquals(read, calls);
});

Deno.test("KnownKeys forgets its keys when there are too many, and keeps those of the batch in progress", () => {
  const known = new KnownKeys(createPartitions(64));
  const bytes = new TextEncoder().encode("a");
  const key = known.add(bytes, 0, 1);
  assertEquals(known.find(bytes, 0, 1), key);
  known.clear();
  assertEquals(known.find(bytes, 0, 1), undefined);
  const batch = new PutBatch();
  batch.add(key, 1, 1);
  batch.add(known.add(bytes, 0, 1), 2, 2);
  assertEquals(encodeCalls(batch.groups, new Map()).flatMap(({ bytes }) => decode(bytes)).length, 2);
});
