// Tags of series, for the lists that Grafana opens while a user writes a target: a key such as
// `disk.used;host=a` has the tags `name` and `host`.

import { socketsLookedAt } from "../../../../base/event_loop.ts";
import type { KeySink, MetricStore } from "../../store.ts";
import { toByteRange } from "./globs.ts";
import { lastOf } from "../request_values.ts";
import { readTagChoice, type Tags, tagsOf } from "./tag_expressions.ts";

const KEYS_A_PIECE = 2_000;
const DEFAULT_LIMIT = 100;

/** All tags, sorted, in the form of `/tags`. */
export async function listTags(store: MetricStore): Promise<readonly { readonly tag: string }[]> {
  const counts = await countTexts(store, Object.keys);
  return sortedKeys(counts).map((tag) => ({ tag }));
}

/** The values of a tag, each with the number of its series, in the form of `/tags/TAG`. */
export async function describeTag(store: MetricStore, tag: string): Promise<unknown> {
  const counts = await countTexts(store, (tags) => tags[tag] === undefined ? [] : [tags[tag]]);
  return { tag, values: sortedKeys(counts).map((value) => ({ count: counts.get(value), value })) };
}

/** The series that `expr` chooses, sorted. @throws {TargetError} when an expression is malformed */
export async function findTaggedSeries(store: MetricStore, values: URLSearchParams): Promise<string[]> {
  return await findSeriesByTags(store, expressionsOf(values));
}

/** The series that expressions choose, sorted. @throws {TargetError} when one is malformed */
export async function findSeriesByTags(
  store: MetricStore,
  expressions: readonly string[],
): Promise<string[]> {
  const choice = readTagChoice(expressions);
  return sortedKeys(await countTexts(store, (tags, key) => choice.matches(tags) ? [key] : []));
}

/**
 * The tags that begin with `tagPrefix`, sorted, of the series that `expr` chooses; without those that it names.
 *
 * @throws {TargetError} when an expression is malformed
 */
export async function findTags(store: MetricStore, values: URLSearchParams): Promise<string[]> {
  const prefix = lastOf(values, "tagPrefix") ?? "";
  const choice = readTagChoice(expressionsOf(values));
  const isMeant = (tag: string): boolean => tag.startsWith(prefix) && !choice.named.has(tag);
  const counts = await countTexts(
    store,
    (tags) => choice.matches(tags) ? Object.keys(tags).filter(isMeant) : [],
  );
  return sortedKeys(counts).slice(0, limitOf(values));
}

/**
 * The values of the tag `tag` that begin with `valuePrefix`, sorted, of the series that `expr` chooses.
 *
 * @throws {TargetError} when an expression is malformed
 */
export async function findTagValues(store: MetricStore, values: URLSearchParams): Promise<string[]> {
  const prefix = lastOf(values, "valuePrefix") ?? "";
  const tag = lastOf(values, "tag") ?? "";
  const choice = readTagChoice(expressionsOf(values));
  const counts = await countTexts(
    store,
    (tags) => tags[tag]?.startsWith(prefix) === true && choice.matches(tags) ? [tags[tag]] : [],
  );
  return sortedKeys(counts).slice(0, limitOf(values));
}

function expressionsOf(values: URLSearchParams): readonly string[] {
  return [...values.getAll("expr"), ...values.getAll("expr[]")];
}

function limitOf(values: URLSearchParams): number {
  const limit = Number(lastOf(values, "limit"));
  return Number.isInteger(limit) && limit > 0 ? limit : DEFAULT_LIMIT;
}

function sortedKeys(counts: ReadonlyMap<string, number>): string[] {
  return [...counts.keys()].sort();
}

/** Picks texts of each series, and counts how often each is picked. */
type Pick = (tags: Tags, key: string) => readonly string[];

async function countTexts(store: MetricStore, pick: Pick): Promise<ReadonlyMap<string, number>> {
  const sink = new TagSink(pick);
  const reader = await store.openKeys(toByteRange("*"));
  while (!await reader.fill(sink)) {
    sink.keysOfPiece = 0;
    await socketsLookedAt();
  }
  return sink.counts;
}

class TagSink implements KeySink {
  readonly counts = new Map<string, number>();
  keysOfPiece = 0;
  readonly #pick: Pick;
  readonly #text = new TextDecoder();

  constructor(pick: Pick) {
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
    for (const text of this.#pick(tagsOf(key), key)) this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
  }
}
