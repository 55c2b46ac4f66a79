// Samples in Graphite's form: values at regular times. A store like ours knows no step, so the step of each
// series is the most common distance between two of its samples.

import { socketsLookedAt } from "../../../base/event_loop.ts";
import type { KeyPattern } from "../protocol/key_pattern.ts";
import type { MetricStore, RowSink, TimeSpan } from "../store.ts";
import { queryOf, type StoreQuery, toByteRange } from "./names/globs.ts";
import { tagsOf } from "./names/tag_expressions.ts";
import { findSeriesByTags } from "./names/tags.ts";
import { GraphiteSeries } from "./graphite_series.ts";
import { TargetError } from "./targets/target_error.ts";

const ROWS_A_PIECE = 20_000;
// A series of one sample, or none, counts as having a sample each minute, like Graphite's own metrics.
const DEFAULT_STEP_SECONDS = 60;
const STEP_SAMPLES = 1_000;

/** The limits of one request. */
export interface FetchLimits {
  /** Samples in all. */
  readonly maxSamples: number;
  /** Series in all. */
  readonly maxSeries: number;
  /** Values of all series together, including missing ones. */
  readonly maxPoints: number;
}

/** Limits of one request; about 200 MB at the most. */
export const FETCH_LIMITS: FetchLimits = { maxSamples: 8_000_000, maxSeries: 50_000, maxPoints: 16_000_000 };

/** The series to read. */
export interface FetchQuery {
  /** A key, or a pattern of keys. */
  readonly path: string;
  /** Seconds since 1970; samples after it are read. */
  readonly from: number;
  /** Seconds since 1970; samples up to it are read. */
  readonly until: number;
  /** The part of values that must be present for a joined value. */
  readonly xFilesFactor: number;
}

/** Reads series for one request. */
export class SeriesFetcher {
  readonly #store: MetricStore;
  readonly #limits: FetchLimits;
  #samples = 0;
  #series = 0;
  #points = 0;

  /** Makes a fetcher that has read nothing yet. */
  constructor(store: MetricStore, limits: FetchLimits = FETCH_LIMITS) {
    this.#store = store;
    this.#limits = limits;
  }

  /**
   * Reads series, sorted by name.
   *
   * @throws {TargetError} when the request has read too much
   */
  async fetch(query: FetchQuery): Promise<GraphiteSeries[]> {
    return await this.#toAllSeries(await this.#collect(queryOf(query.path), query), query);
  }

  /**
   * Reads the series that expressions of tags choose, sorted by name.
   *
   * @param expressions see `/tags/findSeries`
   * @param query its path names the source of the series
   * @throws {TargetError} when an expression is malformed, or the request has read too much
   */
  async fetchTagged(expressions: readonly string[], query: FetchQuery): Promise<GraphiteSeries[]> {
    const samples = new Map<string, Columns>();
    for (const key of await findSeriesByTags(this.#store, expressions)) {
      const found = await this.#collect({ name: toByteRange(key), filter: undefined }, query);
      for (const [name, columns] of found) samples.set(name, columns);
    }
    return await this.#toAllSeries(samples, query);
  }

  async #toAllSeries(samples: ReadonlyMap<string, Columns>, query: FetchQuery): Promise<GraphiteSeries[]> {
    const all: GraphiteSeries[] = [];
    for (const [name, columns] of samples) {
      all.push(this.#toSeries(name, columns, query));
      if (all.length % 16 === 0) await socketsLookedAt();
    }
    return all.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  async #collect({ name, filter }: StoreQuery, { from, until }: FetchQuery): Promise<Map<string, Columns>> {
    const span: TimeSpan = { from: Math.floor(from), until: Math.floor(until) };
    const sink = new SampleSink(filter);
    const reader = await this.#store.openRows(name, span);
    while (!await reader.fill(sink)) {
      this.#check(sink);
      sink.beginPiece();
      await socketsLookedAt();
    }
    sink.finish();
    this.#check(sink);
    this.#samples += sink.sampleCount;
    this.#series += sink.columns.size;
    return sink.columns;
  }

  #check({ sampleCount, columns }: SampleSink): void {
    const { maxSamples, maxSeries } = this.#limits;
    if (this.#samples + sampleCount > maxSamples) throw tooMuch(maxSamples, "samples");
    if (this.#series + columns.size > maxSeries) throw tooMuch(maxSeries, "series");
  }

  // The bounds of whisper: the first value is the one after `from`, the last one the one at `until` or before.
  #toSeries(name: string, { timestamps, values }: Columns, query: FetchQuery): GraphiteSeries {
    const step = stepOf(timestamps);
    const start = Math.floor(query.from / step) * step + step;
    const end = Math.max(Math.floor(query.until / step) * step + step, start + step);
    this.#points += (end - start) / step;
    if (this.#points > this.#limits.maxPoints) throw tooMuch(this.#limits.maxPoints, "values");
    const points = new Float64Array((end - start) / step).fill(NaN);
    for (let index = 0; index < timestamps.length; index++) {
      const at = Math.floor((timestamps[index]! - start) / step);
      if (at >= 0 && at < points.length && !Number.isNaN(values[index]!)) points[at] = values[index]!;
    }
    const { path: pathExpression, xFilesFactor } = query;
    return new GraphiteSeries({
      name,
      pathExpression,
      start,
      end,
      step,
      values: points,
      tags: tagsOf(name),
      xFilesFactor,
    });
  }
}

function tooMuch(limit: number, what: string): TargetError {
  return new TargetError(`Cannot read so much at once: at most ${limit} ${what} for a request`);
}

/** The most common distance of the first samples; of two that are equally common, the smaller one. */
function stepOf(timestamps: Float64Array): number {
  const counts = new Map<number, number>();
  for (let index = 1; index < Math.min(timestamps.length, STEP_SAMPLES); index++) {
    const distance = timestamps[index]! - timestamps[index - 1]!;
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  let step = DEFAULT_STEP_SECONDS;
  let best = 0;
  for (const [distance, count] of counts) {
    if (count < best || (count === best && distance > step)) continue;
    step = distance;
    best = count;
  }
  return step;
}

/** Samples of a key. */
interface Columns {
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
}

// Gathers the samples of a key in arrays that serve for all keys, and keeps a copy of the right size.
class SampleSink implements RowSink {
  readonly columns = new Map<string, Columns>();
  sampleCount = 0;
  #rowsOfPiece = 0;
  #page: Uint8Array | undefined;
  #keyStart = 0;
  #keyEnd = 0;
  // Undefined for a key that is not selected.
  #name: string | undefined;
  #timestamps = new Float64Array(1_024);
  #values = new Float64Array(1_024);
  #length = 0;
  readonly #filter: KeyPattern | undefined;

  constructor(filter: KeyPattern | undefined) {
    this.#filter = filter;
  }

  get isFull(): boolean {
    return this.#rowsOfPiece >= ROWS_A_PIECE;
  }

  beginPiece(): void {
    this.#rowsOfPiece = 0;
    // Between two pieces another key may have got the room of this one.
    this.#page = undefined;
  }

  addRow(bytes: Uint8Array, keyStart: number, keyEnd: number, value: number, timestamp: number): void {
    if (bytes !== this.#page || keyStart !== this.#keyStart || keyEnd !== this.#keyEnd) {
      this.#beginKey(bytes, keyStart, keyEnd);
    }
    this.#rowsOfPiece++;
    if (this.#name === undefined) return;
    this.sampleCount++;
    if (this.#length === this.#timestamps.length) this.#grow();
    this.#timestamps[this.#length] = timestamp;
    this.#values[this.#length] = value;
    this.#length++;
  }

  /** Keeps the samples of the last key. */
  finish(): void {
    this.#beginName(undefined);
  }

  #beginKey(bytes: Uint8Array, keyStart: number, keyEnd: number): void {
    this.#page = bytes;
    this.#keyStart = keyStart;
    this.#keyEnd = keyEnd;
    const isSelected = this.#filter?.matches(bytes, keyStart, keyEnd) !== false;
    this.#beginName(isSelected ? new TextDecoder().decode(bytes.subarray(keyStart, keyEnd)) : undefined);
  }

  #beginName(name: string | undefined): void {
    if (name === this.#name) return;
    if (this.#name !== undefined) this.columns.set(this.#name, this.#takeColumns());
    this.#name = name;
    const known = name === undefined ? undefined : this.columns.get(name);
    if (known === undefined) return;
    while (this.#timestamps.length < known.timestamps.length) this.#grow();
    this.#timestamps.set(known.timestamps);
    this.#values.set(known.values);
    this.#length = known.timestamps.length;
  }

  #takeColumns(): Columns {
    const length = this.#length;
    this.#length = 0;
    return { timestamps: this.#timestamps.slice(0, length), values: this.#values.slice(0, length) };
  }

  #grow(): void {
    this.#timestamps = doubled(this.#timestamps);
    this.#values = doubled(this.#values);
  }
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
