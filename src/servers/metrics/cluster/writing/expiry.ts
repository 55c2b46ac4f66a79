import type { Cluster } from "../../../../storage/cluster/cluster.ts";
import type { Partition } from "../../../../storage/cluster/key_slot.ts";
import type { Reply } from "../../../../storage/cluster/redis_connection.ts";

// Looking at this many keys holds up a server for about a millisecond.
const KEYS_AT_ONCE = 500;

// A key is looked at a hundred times while its samples age, but not more often than the caller asks.
const LOOKS_PER_RETENTION = 100;

/** Options of {@linkcode Expiry}. */
export interface ExpiryOptions {
  /** The age up to which samples are kept. */
  readonly retentionSeconds: number;
  /** For each step. */
  readonly deadlineMs: number;
}

/** Drops samples that are too old. Several nodes may do so at once, and then find less to do. */
export class Expiry {
  readonly #cluster: Cluster;
  readonly #partitions: readonly Partition[];
  readonly #options: ExpiryOptions;
  #lastSeconds = -Infinity;

  /** Has dropped nothing yet. */
  constructor(cluster: Cluster, partitions: readonly Partition[], options: ExpiryOptions) {
    this.#cluster = cluster;
    this.#partitions = partitions;
    this.#options = options;
  }

  /**
   * Drops samples older than the retention, unless that was done a moment ago.
   *
   * @param nowSeconds seconds since 1970
   * @returns whether any were dropped
   * @throws {StoreError} the store did not reply in time; the rest is dropped the next time
   */
  async run(nowSeconds: number): Promise<boolean> {
    const { retentionSeconds } = this.#options;
    if (nowSeconds - this.#lastSeconds < retentionSeconds / LOOKS_PER_RETENTION) return false;
    this.#lastSeconds = nowSeconds;
    const lastGone = Math.ceil(nowSeconds - retentionSeconds) - 1;
    let places = this.#partitions.map(({ tag, slot }) => ({ tag, slot, at: 0 }));
    let gone = 0;
    while (places.length > 0) {
      const replies = await this.#step(places, lastGone);
      places = places.flatMap((place, index) => {
        const [count, at] = replies[index] as readonly number[];
        gone += count!;
        return at! < 0 ? [] : [{ ...place, at: at! }];
      });
    }
    return gone > 0;
  }

  #step(
    places: readonly { readonly tag: string; readonly slot: number; readonly at: number }[],
    lastGone: number,
  ): Promise<Reply[]> {
    const requests = places.map(({ tag, slot, at }) => ({
      slot,
      command: ["FCALL", "mr_expire_1", "1", `mr:${tag}`, String(lastGone), String(at), String(KEYS_AT_ONCE)],
    }));
    const { deadlineMs } = this.#options;
    return this.#cluster.run(requests, { role: "write", replicas: 0, deadlineMs, onMovingSlot: "wait" });
  }
}
