// The form of a chunk in storage. A regular gauge takes one or two bytes for each sample: timestamps are
// changes of their distance, and a run of no changes is one number; values are steps of a decimal, and values
// without a short decimal are the bytes that differ from the value before (both in the manner of Gorilla,
// VLDB 2015, but in whole bytes).
//
// block = room for a checksum, count, timestamps, values

import { CHECKSUM_BYTES } from "./checksum.ts";
import { Chunk, CHUNK_CAPACITY } from "../../samples/chunk.ts";
import { MAX_PACKED_INTEGER, PackedReader, PackedWriter } from "./packed_bytes.ts";
import type { SlabMemory } from "../../samples/slab_memory.ts";

// Form of the values: 0 to 6 is the number of decimals.
const MAX_DECIMALS = 6;
const DIFFERING_BYTES = 7;
const SCALES: readonly number[] = Array.from({ length: MAX_DECIMALS + 1 }, (_, decimals) => 10 ** decimals);

// A quarter of what can be packed: differences of differences of such numbers still can.
const MAX_STEPPED = (MAX_PACKED_INTEGER + 1) / 4;

/** Makes the blocks of many chunks; their bytes are all that is allocated. */
export class BlockEncoder {
  readonly #writer = new PackedWriter();
  readonly #timestamps = new Float64Array(CHUNK_CAPACITY);

  /** Makes the block of a chunk that is not empty; its first bytes are room for a checksum. */
  encode(chunk: Chunk): Uint8Array {
    const { base, length, values } = chunk;
    for (let index = 0; index < length; index++) this.#timestamps[index] = chunk.timestampAt(index);
    const writer = this.#writer;
    writer.clear();
    for (let index = 0; index < CHECKSUM_BYTES; index++) writer.addByte(0);
    writer.addCount(length);
    encodeTimestamps(this.#timestamps.subarray(0, length), writer);
    encodeValues(values.subarray(base, base + length), writer);
    return writer.bytes.slice();
  }
}

/** Makes the chunk of a block, in a memory. @throws {RangeError} when the block is malformed */
export function decodeBlock(block: Uint8Array, memory: SlabMemory): Chunk {
  return new BlockDecoder(memory).decode(block, 0, block.length);
}

/** Makes the chunks of many blocks, with no other allocation for each. */
export class BlockDecoder {
  readonly #memory: SlabMemory;
  readonly #reader = new PackedReader(new Uint8Array(0), 0);
  readonly #timestamps = new Float64Array(CHUNK_CAPACITY);
  readonly #values = new Float64Array(CHUNK_CAPACITY);

  /** Makes a decoder. @param memory holds the chunks */
  constructor(memory: SlabMemory) {
    this.#memory = memory;
  }

  /** Makes the chunk of a block that lies in an array. @throws {RangeError} when the block is malformed */
  decode(bytes: Uint8Array, start: number, end: number): Chunk {
    const reader = this.#reader;
    reader.begin(bytes, start + CHECKSUM_BYTES, end);
    const length = reader.readCount();
    if (length < 1 || length > CHUNK_CAPACITY) throw new RangeError(`Cannot read a block: ${length} samples`);
    let capacity = 4;
    while (capacity < length) capacity *= 2;
    decodeTimestamps(this.#timestamps, length, reader);
    decodeValues(this.#values, length, reader);
    const chunk = new Chunk(this.#memory, capacity);
    chunk.fill(this.#timestamps, this.#values, length);
    chunk.isDirty = false;
    return chunk;
  }
}

// Raw doubles follow a 1 if the timestamps are too far from zero for exact differences.
function encodeTimestamps(timestamps: Float64Array, writer: PackedWriter): void {
  const isFar =
    Math.max(Math.abs(timestamps[0]!), Math.abs(timestamps[timestamps.length - 1]!)) >= MAX_STEPPED;
  writer.addByte(isFar ? 1 : 0);
  if (isFar) return encodeDiffering(timestamps, writer);
  writer.addInteger(timestamps[0]!);
  let distance = 0;
  let run = 0;
  for (let index = 1; index < timestamps.length; index++) {
    const change = timestamps[index]! - timestamps[index - 1]! - distance;
    if (change === 0) {
      run++;
      continue;
    }
    writer.addCount(run);
    writer.addInteger(change);
    distance += change;
    run = 0;
  }
  writer.addCount(run);
}

function decodeTimestamps(target: Float64Array, length: number, reader: PackedReader): void {
  if (reader.readByte() === 1) return decodeDiffering(target, length, reader);
  target[0] = reader.readInteger();
  let distance = 0;
  for (let index = 1;;) {
    const runEnd = index + reader.readCount();
    if (runEnd > length) throw new RangeError("Cannot read a block: too many timestamps");
    for (; index < runEnd; index++) target[index] = target[index - 1]! + distance;
    if (index === length) return;
    distance += reader.readInteger();
    target[index] = target[index - 1]! + distance;
    index++;
  }
}

function encodeValues(values: Float64Array, writer: PackedWriter): void {
  const decimals = countDecimals(values);
  writer.addByte(decimals ?? DIFFERING_BYTES);
  if (decimals === undefined) return encodeDiffering(values, writer);
  const scale = SCALES[decimals]!;
  let last = 0;
  for (let index = 0; index < values.length; index++) {
    const scaled = Math.round(values[index]! * scale);
    writer.addInteger(scaled - last);
    last = scaled;
  }
}

function decodeValues(target: Float64Array, length: number, reader: PackedReader): void {
  const form = reader.readByte();
  if (form === DIFFERING_BYTES) return decodeDiffering(target, length, reader);
  const scale = SCALES[form];
  if (scale === undefined) throw new RangeError(`Cannot read a block: unknown form ${form}`);
  let scaled = 0;
  for (let index = 0; index < length; index++) {
    scaled += reader.readInteger();
    target[index] = scaled / scale;
  }
}

// The smallest number of decimals with which every value comes back bit by bit; undefined if there is none. A value that
// is exact with fewer decimals is so with more, unless it becomes too large.
function countDecimals(values: Float64Array): number | undefined {
  let decimals = 0;
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    while (!isExact(value, SCALES[decimals]!)) {
      if (decimals === MAX_DECIMALS) return undefined;
      decimals++;
    }
    largest = Math.max(largest, Math.abs(value));
  }
  return isExact(largest, SCALES[decimals]!) ? decimals : undefined;
}

function isExact(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale);
  return Math.abs(scaled) < MAX_STEPPED && scaled / scale === value && !Object.is(value, -0);
}

// For each double: where the bytes that differ from the double before begin (high half of a byte), how many there are
// (low half), and the bytes.
function encodeDiffering(doubles: Float64Array, writer: PackedWriter): void {
  const bytes = bytesOf(doubles);
  for (let at = 0; at < bytes.length; at += 8) {
    let first = 0;
    let end = 8;
    while (end > 0 && bytes[at + end - 1] === (at === 0 ? 0 : bytes[at + end - 9])) end--;
    while (first < end && bytes[at + first] === (at === 0 ? 0 : bytes[at + first - 8])) first++;
    writer.addByte(first * 16 + end - first);
    for (let index = first; index < end; index++) writer.addByte(bytes[at + index]!);
  }
}

function decodeDiffering(target: Float64Array, length: number, reader: PackedReader): void {
  const bytes = bytesOf(target.subarray(0, length));
  for (let at = 0; at < bytes.length; at += 8) {
    const mark = reader.readByte();
    const first = mark >> 4;
    const end = first + mark % 16;
    if (end > 8) throw new RangeError("Cannot read a block: a double has more than 8 bytes");
    if (at > 0) bytes.copyWithin(at, at - 8, at);
    else bytes.fill(0, 0, 8);
    for (let index = first; index < end; index++) bytes[at + index] = reader.readByte();
  }
}

function bytesOf(doubles: Float64Array): Uint8Array {
  return new Uint8Array(doubles.buffer, doubles.byteOffset, doubles.byteLength);
}
