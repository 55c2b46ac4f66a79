import type { Cluster } from "../../../storage/cluster/cluster.ts";
import type { Partition } from "../../../storage/cluster/key_slot.ts";

/**
 * The size of a store, as far as this node knows it: exact at the last look, and with its own puts since
 * then.
 */
export class StoreCounts {
  /** Number of keys. */
  series = 0;
  /** Number of samples, including expired ones that were not yet dropped. */
  samples = 0;
  readonly #cluster: Cluster;
  readonly #partitions: readonly Partition[];

  /** Has counted nothing yet. */
  constructor(cluster: Cluster, partitions: readonly Partition[]) {
    this.#cluster = cluster;
    this.#partitions = partitions;
  }

  /** Asks all partitions. @throws {StoreError} the store did not reply in time */
  async refresh(deadlineMs: number): Promise<void> {
    const replies = await this.#cluster.run(
      this.#partitions.flatMap(({ tag, slot }) => [
        { slot, command: ["ZCARD", `mr:${tag}`] },
        { slot, command: ["GET", `mn:${tag}`] },
      ]),
      { role: "read", replicas: 0, deadlineMs },
    );
    let [series, samples] = [0, 0];
    for (let index = 0; index < replies.length; index += 2) {
      series += replies[index] as number;
      samples += Number(replies[index + 1] ?? 0);
    }
    this.series = series;
    this.samples = samples;
  }
}
