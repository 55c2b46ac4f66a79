// The list of series for operators of the store: the biggest, the newest, and the stale ones.

import { inNextTurn } from "../../../base/event_loop.ts";
import { HttpError } from "../../../http/errors.ts";
import type { ByteRange, MetricStore, SeriesFacts, SeriesSink } from "../store.ts";
import { Ranking } from "./ranking.ts";

/** How the list is ordered: by samples, by newest sample, or by oldest newest sample. */
export type SeriesOrder = "biggest" | "newest" | "stale";

/** One row of the list. */
export interface ListedSeries {
  /** The key, bytes seen as UTF-8. */
  readonly key: string;
  /** The number of its samples. */
  readonly samples: number;
  /** Seconds since 1970 of the oldest sample. */
  readonly first: number;
  /** Seconds since 1970 of the newest sample. */
  readonly last: number;
}

/** The series to list. */
export interface SeriesListOptions {
  /** A name or a pattern of names. */
  readonly pattern: string;
  /** The order of the list. */
  readonly order: SeriesOrder;
  /** The most series in the list. */
  readonly limit: number;
}

const SCORES: Readonly<Record<SeriesOrder, (facts: SeriesFacts) => number>> = {
  biggest: ({ samples }) => samples,
  newest: ({ lastTimestamp }) => lastTimestamp,
  stale: ({ lastTimestamp }) => -lastTimestamp,
};

/**
 * Lists series. It looks at all that match, in pieces, so that other clients have their turns in between.
 *
 * @throws {HttpError} 501 when the store cannot tell
 */
export async function listSeries(
  store: MetricStore,
  options: SeriesListOptions,
): Promise<readonly ListedSeries[]> {
  const reader = await store.openSeries?.(toByteRange(options.pattern));
  if (reader === undefined) {
    throw new HttpError(501, "Cannot list series: this store does not tell their sizes");
  }
  const best = new BestSeries(SCORES[options.order], options.limit);
  while (!await reader.fill(best)) await new Promise<void>(inNextTurn);
  return best.rows;
}

/** A text as the bytes of a name. */
export function toByteRange(text: string): ByteRange {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}

interface Ranked {
  readonly score: number;
}

/** Keeps the series with the highest scores, the highest first. */
class BestSeries implements SeriesSink {
  readonly #scoreOf: (facts: SeriesFacts) => number;
  readonly #best: Ranking<Ranked, Ranked & { readonly row: ListedSeries }>;

  constructor(scoreOf: (facts: SeriesFacts) => number, limit: number) {
    this.#scoreOf = scoreOf;
    this.#best = new Ranking((a, b) => b.score - a.score, limit);
  }

  get rows(): readonly ListedSeries[] {
    return this.#best.items.map(({ row }) => row);
  }

  addSeries({ bytes, start, end }: ByteRange, facts: SeriesFacts): void {
    const score = this.#scoreOf(facts);
    this.#best.offer({ score }, () => ({
      score,
      row: {
        key: new TextDecoder().decode(bytes.subarray(start, end)),
        samples: facts.samples,
        first: facts.firstTimestamp,
        last: facts.lastTimestamp,
      },
    }));
  }
}
