// Finds the keys that a name means, in a store that must be asked.

import { Buffer } from "node:buffer";
import type { Cluster } from "../../../../storage/cluster/cluster.ts";
import type { Partition } from "../../../../storage/cluster/key_slot.ts";
import { hasWildcard, KeyPattern, meansAll } from "../../protocol/key_pattern.ts";
import { type ByteRange, StoreRefusal } from "../../store.ts";
import type { NextKeys } from "./cluster_readers.ts";
import { partitionOf } from "./known_keys.ts";
import { type RegisteredKey, RegistrySource } from "./registry_source.ts";

/** Finds keys by names. */
export class KeySelection {
  readonly #cluster: Cluster;
  readonly #partitions: readonly Partition[];
  readonly #deadlineMs: () => number;

  /** @param deadlineMs for each look into the store */
  constructor(cluster: Cluster, partitions: readonly Partition[], deadlineMs: () => number) {
    this.#cluster = cluster;
    this.#partitions = partitions;
    this.#deadlineMs = deadlineMs;
  }

  /** Whether a key was ever put. @throws {StoreError} the store did not reply in time */
  async has(name: ByteRange): Promise<boolean> {
    const { key, partition } = this.keyOf(name);
    const { tag, slot } = this.#partitions[partition]!;
    return await this.#cluster.read(slot, ["ZSCORE", `mr:${tag}`, key], this.#deadlineMs()) !== null;
  }

  /**
   * The keys that a name means for `get` and `delete`; a name without a wildcard is taken as it is.
   *
   * @throws {StoreRefusal} the name is too long for a pattern
   * @throws {StoreError} the store did not reply in time
   */
  async select(name: ByteRange, windowKeys: number): Promise<NextKeys> {
    if (meansAll(name)) return this.#many(undefined, windowKeys);
    if (!hasWildcard(name) || await this.has(name)) return one(this.keyOf(name));
    return this.#many(toPattern(name), windowKeys);
  }

  /** The keys that match a pattern, for `keys`. Throws like {@linkcode KeySelection.select}. */
  async selectPattern(pattern: ByteRange, windowKeys: number): Promise<NextKeys> {
    if (meansAll(pattern)) return this.#many(undefined, windowKeys);
    if (hasWildcard(pattern)) return this.#many(toPattern(pattern), windowKeys);
    return await this.has(pattern) ? one(this.keyOf(pattern)) : () => Promise.resolve([]);
  }

  /** A key by its bytes; its place in the order stays open. */
  keyOf({ bytes, start, end }: ByteRange): RegisteredKey {
    const key = Buffer.from(bytes.slice(start, end));
    const partition = partitionOf({ bytes, start, end }, this.#partitions.length);
    return { key, partition, order: 0 };
  }

  #many(pattern: KeyPattern | undefined, windowKeys: number): NextKeys {
    const registry = new RegistrySource(this.#cluster, this.#partitions, this.#deadlineMs());
    return async () => {
      for (;;) {
        const keys = await registry.read(windowKeys);
        const meant = pattern === undefined
          ? keys
          : keys.filter(({ key }) => pattern.matches(key, 0, key.length));
        if (meant.length > 0 || keys.length < windowKeys) return meant;
      }
    };
  }
}

function one(key: RegisteredKey): NextKeys {
  let keys: readonly RegisteredKey[] = [key];
  return () => {
    const next = keys;
    keys = [];
    return Promise.resolve(next);
  };
}

function toPattern(name: ByteRange): KeyPattern {
  try {
    return new KeyPattern(name);
  } catch (cause) {
    throw new StoreRefusal("pattern too long", { cause });
  }
}
