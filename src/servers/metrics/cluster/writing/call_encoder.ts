// Puts as the bytes that `mr_put` of samples.lua reads.

import { Buffer } from "node:buffer";
import type { KeyGroup, PutBatch } from "./put_batch.ts";

/** The number of bytes of a sample in the store. */
export const RECORD_BYTES = 12;

/** Timestamps of one era have the same upper bits: 136 years. */
export const ERA_SECONDS = 2 ** 32;

// A call holds its server up for about a microsecond a sample.
const MAX_CALL_SAMPLES = 2_000;
const MAX_GROUP_SAMPLES = 1_000;

const HAS_ORDER = 1;
const HAS_ERA = 2;

/** One call for one partition. */
export interface PutCall {
  /** Index of the partition. */
  readonly partition: number;
  /** The keys of its puts, in the order of its groups; a key is there twice if it has several pieces. */
  readonly groups: readonly KeyGroup[];
  /** The third argument. */
  readonly bytes: Buffer;
}

/**
 * Makes calls from puts. Those of one partition must be made one after the other.
 *
 * @param groups the puts by key
 * @param orders the number of the first put, for keys that may be new
 */
export function encodeCalls(groups: readonly KeyGroup[], orders: ReadonlyMap<KeyGroup, number>): PutCall[] {
  const byPartition = new Map<number, KeyGroup[]>();
  for (const group of groups) {
    const { partition } = group.key;
    const list = byPartition.get(partition);
    if (list === undefined) byPartition.set(partition, [group]);
    else list.push(group);
  }
  const calls: PutCall[] = [];
  for (const [partition, list] of byPartition) {
    const encoder = new CallEncoder(partition, calls);
    for (const group of list) encoder.add(group, orders.get(group));
    encoder.finish();
  }
  return calls;
}

/** A call and the tag of its partition. */
export interface TaggedCall {
  /** The hash tag of the partition, with its braces. */
  readonly tag: string;
  /** The calls, as {@linkcode encodeCalls} encodes them. */
  readonly bytes: Buffer;
}

/**
 * Makes one call from several for different partitions of one server.
 *
 * @returns the tag of the first, and the bytes that `mr_puts` of samples.lua reads
 */
export function joinCalls(calls: readonly TaggedCall[]): TaggedCall {
  const parts: Buffer[] = [];
  for (const { tag, bytes } of calls) {
    const head = Buffer.allocUnsafe(5 + tag.length);
    head.writeUInt8(tag.length);
    head.writeUInt32BE(bytes.length, 1);
    head.write(tag, 5, "latin1");
    parts.push(head, bytes);
  }
  return { tag: calls[0]!.tag, bytes: Buffer.concat(parts) };
}

class CallEncoder {
  readonly #partition: number;
  readonly #calls: PutCall[];
  #bytes = Buffer.allocUnsafe(1_024);
  #length = 0;
  #samples = 0;
  #groups: KeyGroup[] = [];

  constructor(partition: number, calls: PutCall[]) {
    this.#partition = partition;
    this.#calls = calls;
  }

  add(group: KeyGroup, order: number | undefined): void {
    const { timestamps, next } = group.batch;
    const indexes = group.isAscending ? undefined : sortPuts(group);
    const count = indexes?.length ?? group.count;
    let index = group.first;
    for (let at = 0; at < count;) {
      const era = Math.floor(timestamps[indexes?.[at] ?? index]! / ERA_SECONDS);
      const limit = Math.min(count, at + MAX_GROUP_SAMPLES, at + MAX_CALL_SAMPLES - this.#samples);
      const lengthAt = this.#addHead(group, { order, era });
      const first = at;
      for (; at < limit; at++) {
        const put = indexes === undefined ? index : indexes[at]!;
        if (Math.floor(timestamps[put]! / ERA_SECONDS) !== era) break;
        this.#addRecord(group.batch, put, era);
        index = next[index]!;
      }
      this.#bytes.writeUInt32BE((at - first) * RECORD_BYTES, lengthAt);
      this.#samples += at - first;
      if (this.#samples >= MAX_CALL_SAMPLES) this.finish();
    }
  }

  finish(): void {
    if (this.#groups.length === 0) return;
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#calls.push({ partition: this.#partition, groups: this.#groups, bytes });
    this.#bytes = Buffer.allocUnsafe(1_024);
    this.#length = 0;
    this.#samples = 0;
    this.#groups = [];
  }

  // Gives back the place of the length of the records.
  #addHead(group: KeyGroup, { order, era }: { order: number | undefined; era: number }): number {
    this.#groups.push(group);
    const { keyPage, nameStart, keyEnd } = group.key;
    this.#reserve(23 + keyEnd - nameStart);
    const bytes = this.#bytes;
    let at = this.#length;
    at = bytes.writeUInt8((order === undefined ? 0 : HAS_ORDER) + (era === 0 ? 0 : HAS_ERA), at);
    at = bytes.writeUInt16BE(keyEnd - nameStart, at);
    const lengthAt = at;
    at += 4;
    if (order !== undefined) at = bytes.writeDoubleBE(order, at);
    if (era !== 0) at = bytes.writeDoubleBE(era, at);
    for (let position = nameStart; position < keyEnd; position++) bytes[at++] = keyPage[position]!;
    this.#length = at;
    return lengthAt;
  }

  #addRecord({ timestamps, values }: PutBatch, index: number, era: number): void {
    this.#reserve(RECORD_BYTES);
    this.#bytes.writeUInt32BE(timestamps[index]! - era * ERA_SECONDS, this.#length);
    this.#bytes.writeDoubleBE(values[index]!, this.#length + 4);
    this.#length += RECORD_BYTES;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#length + bytes, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** The puts of a key by timestamp; at each timestamp only the last one. */
function sortPuts({ batch, first, count }: KeyGroup): number[] {
  const { timestamps, next } = batch;
  const indexes: number[] = [];
  for (let index = first; indexes.length < count; index = next[index]!) indexes.push(index);
  indexes.sort((a, b) => timestamps[a]! - timestamps[b]! || a - b);
  return indexes.filter((index, at) => timestamps[index] !== timestamps[indexes[at + 1]!]);
}
