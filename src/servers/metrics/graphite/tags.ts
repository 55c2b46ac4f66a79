// Tags of series, for the lists that Grafana opens while somebody writes a target: a key such as `disk.used;host=a` has
// the tags `name` and `host`.

import { socketsLookedAt } from "../../../base/event_loop.ts";
import type { KeySink, MetricStore } from "../store.ts";
import { tagsOf } from "./fetch_series.ts";
import { toByteRange } from "./globs.ts";
import { lastOf } from "./request_values.ts";

const KEYS_A_PIECE = 2_000;
const DEFAULT_LIMIT = 100;

/** The tags that begin with `tagPrefix`, sorted. */
export async function findTags(store: MetricStore, values: URLSearchParams): Promise<string[]> {
  const prefix = lastOf(values, "tagPrefix") ?? "";
  const found = await collect(store, (tags) => Object.keys(tags).filter((tag) => tag.startsWith(prefix)));
  return found.slice(0, limitOf(values));
}

/** The values of the tag `tag` that begin with `valuePrefix`, sorted. */
export async function findTagValues(store: MetricStore, values: URLSearchParams): Promise<string[]> {
  const prefix = lastOf(values, "valuePrefix") ?? "";
  const tag = lastOf(values, "tag") ?? "";
  const found = await collect(store, (tags) => tags[tag]?.startsWith(prefix) === true ? [tags[tag]] : []);
  return found.slice(0, limitOf(values));
}

function limitOf(values: URLSearchParams): number {
  const limit = Number(lastOf(values, "limit"));
  return Number.isInteger(limit) && limit > 0 ? limit : DEFAULT_LIMIT;
}

async function collect(
  store: MetricStore,
  pick: (tags: Readonly<Record<string, string>>) => readonly string[],
): Promise<string[]> {
  const sink = new TagSink(pick);
  const reader = await store.openKeys(toByteRange("*"));
  while (!await reader.fill(sink)) {
    sink.keysOfPiece = 0;
    await socketsLookedAt();
  }
  return [...sink.found].sort();
}

class TagSink implements KeySink {
  readonly found = new Set<string>();
  keysOfPiece = 0;
  readonly #pick: (tags: Readonly<Record<string, string>>) => readonly string[];
  readonly #text = new TextDecoder();

  constructor(pick: (tags: Readonly<Record<string, string>>) => readonly string[]) {
    this.#pick = pick;
  }

  get isFull(): boolean {
    return this.keysOfPiece >= KEYS_A_PIECE;
  }

  addKey(bytes: Uint8Array, keyStart: number, keyEnd: number): void {
    this.keysOfPiece++;
    const key = this.#text.decode(bytes.subarray(keyStart, keyEnd));
    // Only a key with tags has any that are worth a list.
    if (!key.includes(";")) return;
    for (const text of this.#pick(tagsOf(key))) this.found.add(text);
  }
}
