import type { Buffer } from "node:buffer";
import type { Cluster } from "../../../../storage/cluster/cluster.ts";
import type { Partition } from "../../../../storage/cluster/key_slot.ts";

// The keys of a partition that are fetched at a time: some 256 * 64 in all.
const PAGE_KEYS = 64;

// Keys are spread evenly, so many pages run out at about the same time; low ones are fetched together.
const LOW_KEYS = 16;

/** A key in the order of first puts. */
export interface RegisteredKey {
  /** Index of its partition. */
  readonly partition: number;
  /** Its bytes. */
  readonly key: Buffer;
  /** Number of its first put. */
  readonly order: number;
}

interface Page {
  readonly partition: number;
  keys: RegisteredKey[];
  at: number;
  /** Keys at this order or later are still to be fetched. */
  from: number;
  isLast: boolean;
}

/** Walks over the keys of all partitions, in the order of their first put. */
export class RegistrySource {
  readonly #cluster: Cluster;
  readonly #partitions: readonly Partition[];
  readonly #deadlineMs: number;
  readonly #pages: Page[];

  /** Stands before the first key. @param deadlineMs for each look into the store */
  constructor(cluster: Cluster, partitions: readonly Partition[], deadlineMs: number) {
    this.#cluster = cluster;
    this.#partitions = partitions;
    this.#deadlineMs = deadlineMs;
    this.#pages = partitions.map((_, partition) => ({
      partition,
      keys: [],
      at: 0,
      from: -Infinity,
      isLast: false,
    }));
  }

  /**
   * The next keys; fewer than requested only at the end.
   *
   * @throws {StoreError} the store did not reply in time
   */
  async read(count: number): Promise<RegisteredKey[]> {
    const keys: RegisteredKey[] = [];
    while (keys.length < count) {
      if (this.#pages.some((page) => page.at === page.keys.length && !page.isLast)) await this.#fetch();
      const key = this.#takeFirst();
      if (key === undefined) break;
      keys.push(key);
    }
    return keys;
  }

  #takeFirst(): RegisteredKey | undefined {
    let first: Page | undefined;
    for (const page of this.#pages) {
      const key = page.keys[page.at];
      if (key !== undefined && (first === undefined || key.order < first.keys[first.at]!.order)) first = page;
    }
    return first?.keys[first.at++];
  }

  async #fetch(): Promise<void> {
    const low = this.#pages.filter(({ keys, at, isLast }) => keys.length - at < LOW_KEYS && !isLast);
    const replies = await this.#cluster.run(
      low.map(({ partition, from }) => {
        const { tag, slot } = this.#partitions[partition]!;
        const order = Number.isFinite(from) ? String(from) : "-inf";
        const range = [
          "ZRANGEBYSCORE",
          `mr:${tag}`,
          order,
          "+inf",
          "WITHSCORES",
          "LIMIT",
          "0",
          String(PAGE_KEYS),
        ];
        return { slot, command: range };
      }),
      { role: "read", replicas: 0, deadlineMs: this.#deadlineMs },
    );
    for (const [index, page] of low.entries()) {
      this.#turn(page, replies[index] as readonly [Buffer, number][]);
    }
  }

  // After a failover that lost a number, two keys may have the same one, so the next page begins with it
  // again.
  #turn(page: Page, members: readonly [Buffer, number][]): void {
    const seen = new Set(
      page.keys.filter(({ order }) => order === page.from).map(({ key }) => key.toString("latin1")),
    );
    const fresh = members
      .map(([key, order]): RegisteredKey => ({ partition: page.partition, key, order }))
      .filter(({ key, order }) => order !== page.from || !seen.has(key.toString("latin1")));
    page.keys = [...page.keys.slice(page.at), ...fresh];
    page.at = 0;
    page.isLast = members.length < PAGE_KEYS || fresh.length === 0;
    page.from = page.keys.at(-1)?.order ?? page.from;
  }
}
