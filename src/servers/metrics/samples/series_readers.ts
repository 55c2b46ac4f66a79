// Readers of `get` and `keys`, piece by piece. Between two pieces series may come and go: a reader whose
// series was removed goes on with the next one that still exists.

import type {
  ByteRange,
  KeyReader,
  KeySink,
  RowReader,
  RowSink,
  SeriesReader,
  SeriesSink,
  TimeSpan,
} from "../store.ts";
import type { Series } from "./series.ts";
import type { Selection, SeriesSet } from "./series_set.ts";

// How long one call may look at series that give no row, while other clients wait.
const LOOK_MS = 2;
const SERIES_BETWEEN_LOOKS = 16;

/** Walks over the series of a selection. */
export class SeriesCursor {
  /** The series it stands on; undefined after the last one. */
  current: Series | undefined;
  readonly #pattern: { matches(bytes: Uint8Array, start: number, end: number): boolean } | undefined;
  readonly #isSingle: boolean;
  #visited = 0;
  #deadlineMs = 0;
  #isMatched = false;

  /** Stands before the first series. */
  constructor(set: SeriesSet, selection: Selection) {
    this.#isSingle = selection.kind === "one";
    this.#pattern = selection.kind === "many" ? selection.pattern : undefined;
    if (selection.kind === "one") this.current = selection.series;
    else if (selection.kind === "many") this.current = set.first;
  }

  /** Begins a piece of work. */
  beginPiece(): void {
    this.#deadlineMs = performance.now() + LOOK_MS;
  }

  /**
   * Steps onto a selected series, from its current place.
   *
   * @returns `found`, `end`, or `tired` when the time of the piece is over
   */
  find(): "found" | "end" | "tired" {
    while (this.current !== undefined) {
      if (this.#isTired()) return "tired";
      if (!this.current.isRemoved && (this.#isMatched || this.#isMeant(this.current))) {
        this.#isMatched = true;
        return "found";
      }
      this.next();
    }
    return "end";
  }

  /**
   * Visits the selected series, from its current place.
   *
   * @returns `tired` when the time of the piece is over
   */
  visitPiece(visit: (series: Series) => void): "end" | "tired" {
    this.beginPiece();
    for (;;) {
      const state = this.find();
      if (state !== "found") return state;
      visit(this.current!);
      this.next();
    }
  }

  /** Leaves its current series. */
  next(): void {
    this.current = this.#isSingle ? undefined : this.current?.next;
    this.#isMatched = false;
  }

  #isMeant({ keyPage, keyStart, keyEnd }: Series): boolean {
    return this.#pattern === undefined || this.#pattern.matches(keyPage, keyStart, keyEnd);
  }

  #isTired(): boolean {
    return ++this.#visited % SERIES_BETWEEN_LOOKS === 0 && performance.now() >= this.#deadlineMs;
  }
}

/** Opens the rows of the series that a name means, within a time span. */
export function openRows(set: SeriesSet, name: ByteRange, span: TimeSpan): RowReader {
  return new SeriesRows(new SeriesCursor(set, set.select(name)), span);
}

/** Opens the keys that match a pattern, of series that have samples from a timestamp on. */
export function openKeys(set: SeriesSet, pattern: ByteRange, firstTimestamp: number): KeyReader {
  return new SeriesKeys(new SeriesCursor(set, set.selectPattern(pattern)), firstTimestamp);
}

/** Opens the series that match a pattern and that have samples from a timestamp on. */
export function openSeries(set: SeriesSet, pattern: ByteRange, firstTimestamp: number): SeriesReader {
  return new SeriesSummaries(new SeriesCursor(set, set.selectPattern(pattern)), firstTimestamp);
}

class SeriesRows implements RowReader {
  readonly #cursor: SeriesCursor;
  readonly #span: TimeSpan;
  #from: number;

  constructor(cursor: SeriesCursor, span: TimeSpan) {
    this.#cursor = cursor;
    this.#span = span;
    this.#from = span.from;
  }

  fill(sink: RowSink): boolean {
    const cursor = this.#cursor;
    const { from, until } = this.#span;
    cursor.beginPiece();
    for (;;) {
      const state = cursor.find();
      if (state !== "found") return state === "end";
      const next = cursor.current!.writeRows(sink, { from: this.#from, until });
      this.#from = next ?? from;
      if (next !== undefined) return false;
      cursor.next();
    }
  }
}

class SeriesKeys implements KeyReader {
  readonly #cursor: SeriesCursor;
  readonly #firstTimestamp: number;

  constructor(cursor: SeriesCursor, firstTimestamp: number) {
    this.#cursor = cursor;
    this.#firstTimestamp = firstTimestamp;
  }

  fill(sink: KeySink): boolean {
    const cursor = this.#cursor;
    cursor.beginPiece();
    for (;;) {
      const state = cursor.find();
      if (state !== "found") return state === "end";
      if (sink.isFull) return false;
      const series = cursor.current!;
      if (series.lastTimestamp >= this.#firstTimestamp) {
        sink.addKey(series.keyPage, series.keyStart, series.keyEnd);
      }
      cursor.next();
    }
  }
}

class SeriesSummaries implements SeriesReader {
  readonly #cursor: SeriesCursor;
  readonly #firstTimestamp: number;

  constructor(cursor: SeriesCursor, firstTimestamp: number) {
    this.#cursor = cursor;
    this.#firstTimestamp = firstTimestamp;
  }

  fill(sink: SeriesSink): boolean {
    const cursor = this.#cursor;
    cursor.beginPiece();
    for (;;) {
      const state = cursor.find();
      if (state !== "found") return state === "end";
      const series = cursor.current!;
      const { sampleCount: samples, lastTimestamp } = series;
      if (lastTimestamp >= this.#firstTimestamp) {
        const firstTimestamp = Math.max(this.#firstTimestamp, series.firstTimestamp);
        const key = { bytes: series.keyPage, start: series.keyStart, end: series.keyEnd };
        sink.addSeries(key, { samples, firstTimestamp, lastTimestamp });
      }
      cursor.next();
    }
  }
}
