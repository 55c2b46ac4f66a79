import type { Buffer } from "node:buffer";
import type { Cluster, RoutedCommand, RunOptions } from "../../../../storage/cluster/cluster.ts";
import { type Partition, slotOf } from "../../../../storage/cluster/key_slot.ts";
import { type Reply, StoreError } from "../../../../storage/cluster/redis_connection.ts";
import { encodeCalls, joinCalls, type PutCall, type TaggedCall } from "./call_encoder.ts";
import { COUNTER_KEY } from "../function_library.ts";
import type { KeyGroup, PutBatch } from "./put_batch.ts";

// A key that is deleted again and again at that moment needs a new number each time.
const MAX_NUMBERINGS = 5;

// Some 2,000 samples of some 1,000 keys, which hold up a server for two milliseconds.
const MAX_JOINED_BYTES = 65_536;

/** Parts of a writer. */
export interface WriterParts {
  /** The cluster to write to. */
  readonly cluster: Cluster;
  /** The parts of the data. */
  readonly partitions: readonly Partition[];
  /** The number of replicas that must have acknowledged samples. */
  readonly replicas: number;
}

/**
 * Writes batches, one at a time. Each call carries this writer's name and a growing number, so that a copy of
 * a call that arrives after a later call of this writer for the same partition changes nothing.
 */
export class BatchWriter {
  readonly #parts: WriterParts;
  readonly #writer = crypto.randomUUID().slice(-12);
  #lastCall = 0;
  #lastOrder = 0;

  /** Makes a writer with a unique name. */
  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /**
   * Stores all puts of a batch.
   *
   * @returns the number of new samples
   * @throws {StoreError} not all are stored, or some may not be
   */
  async write(batch: PutBatch, deadlineMs: number): Promise<number> {
    const endMs = performance.now() + deadlineMs;
    let added = 0;
    let groups: readonly KeyGroup[] = batch.groups;
    let unnumbered: readonly KeyGroup[] = groups.filter(({ key }) => !key.isRegistered);
    for (let tries = 0; groups.length > 0; tries++) {
      if (tries === MAX_NUMBERINGS) throw new StoreError("Cannot store: keys are deleted while they are put");
      const orders = await this.#takeOrders(unnumbered, endMs);
      const missing = new Set<KeyGroup>();
      for (const round of toRounds(encodeCalls(groups, orders))) {
        for (const [index, reply] of (await this.#send(round, endMs)).entries()) {
          const [count, ...places] = reply as readonly number[];
          added += count!;
          for (const place of places) missing.add(round[index]!.groups[place]!);
        }
      }
      groups = unnumbered = [...missing];
    }
    for (const { key } of batch.groups) key.isRegistered = true;
    return added;
  }

  /**
   * Removes samples of keys.
   *
   * @param range first and last timestamp, both included
   * @throws {StoreError} not all are gone, or some may not be
   */
  async delete(
    keys: readonly { readonly partition: number; readonly key: Buffer }[],
    { from, until }: { readonly from: number; readonly until: number },
    deadlineMs: number,
  ): Promise<void> {
    const byPartition = new Map<number, Buffer[]>();
    for (const { partition, key } of keys) {
      const some = byPartition.get(partition);
      if (some === undefined) byPartition.set(partition, [key]);
      else some.push(key);
    }
    const requests = Array.from(byPartition, ([partition, some]): RoutedCommand => {
      const { tag, slot } = this.#parts.partitions[partition]!;
      const call = ["FCALL", "mr_delete_1", "1", `mr:${tag}`, this.#writer, String(++this.#lastCall)];
      return { slot, command: [...call, String(from), String(until), ...some] };
    });
    await this.#run(requests, performance.now() + deadlineMs);
  }

  // Numbers are requested only when needed, and exactly as many: numbers in stock would put a later key
  // first.
  async #takeOrders(groups: readonly KeyGroup[], endMs: number): Promise<ReadonlyMap<KeyGroup, number>> {
    if (groups.length === 0) return new Map();
    const command = [
      "FCALL",
      "mr_number_1",
      "1",
      COUNTER_KEY,
      String(groups.length),
      String(this.#lastOrder),
    ];
    const [first] = await this.#run([{ slot: slotOf(COUNTER_KEY), command }], endMs);
    this.#lastOrder = first as number + groups.length - 1;
    return new Map(groups.map((group, index) => [group, first as number + index]));
  }

  // All calls carry one number, because there is at most one for each partition.
  #send(calls: readonly PutCall[], endMs: number): Promise<Reply[]> {
    const number = String(++this.#lastCall);
    const requests = calls.map(({ partition, bytes }): RoutedCommand => {
      const { tag, slot } = this.#parts.partitions[partition]!;
      return { slot, command: ["FCALL", "mr_put_1", "1", `mr:${tag}`, this.#writer, number, bytes] };
    });
    const tagged = (index: number): TaggedCall => {
      const { partition, bytes } = calls[index]!;
      return { tag: this.#parts.partitions[partition]!.tag, bytes };
    };
    return this.#run(requests, endMs, (indexes) =>
      toPieces(indexes, calls).map((piece) => {
        const { tag, bytes } = joinCalls(piece.map(tagged));
        const command = ["FCALL", "mr_puts_1", "1", `mr:${tag}`, this.#writer, number, bytes];
        return { indexes: piece, command };
      }));
  }

  #run(requests: readonly RoutedCommand[], endMs: number, join?: RunOptions["join"]): Promise<Reply[]> {
    const deadlineMs = Math.max(1, endMs - performance.now());
    const { cluster, replicas } = this.#parts;
    return cluster.run(requests, { role: "write", replicas, deadlineMs, onMovingSlot: "wait", join });
  }
}

// The fence takes a call of a partition only when the one before is done.
function toRounds(calls: readonly PutCall[]): PutCall[][] {
  const rounds: PutCall[][] = [];
  const counts = new Map<number, number>();
  for (const call of calls) {
    const round = counts.get(call.partition) ?? 0;
    counts.set(call.partition, round + 1);
    (rounds[round] ??= []).push(call);
  }
  return rounds;
}

// Calls for one server that are joined; none is much larger than others, because each holds the server up.
function toPieces(indexes: readonly number[], calls: readonly PutCall[]): number[][] {
  const pieces: number[][] = [[]];
  let length = 0;
  for (const index of indexes) {
    const { bytes } = calls[index]!;
    if (length > 0 && length + bytes.length > MAX_JOINED_BYTES) {
      pieces.push([]);
      length = 0;
    }
    pieces.at(-1)!.push(index);
    length += bytes.length;
  }
  return pieces;
}
