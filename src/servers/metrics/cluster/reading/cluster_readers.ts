// Readers of `get` and `keys` in a cluster. They fetch the next window while one is being written.

import type { KeyReader, KeySink, RowReader, RowSink, TimeSpan } from "../../store.ts";
import type { RegisteredKey } from "./registry_source.ts";
import { writeRuns } from "./sample_run.ts";
import type { SeriesRequest, SeriesSource, SeriesWindow } from "./series_source.ts";

/** Gives the next keys, none at the end. */
export type NextKeys = () => Promise<readonly RegisteredKey[]>;

/** Gives the keys one after the other. */
export function readKeys(nextKeys: NextKeys): KeyReader {
  let keys: readonly RegisteredKey[] = [];
  let at = 0;
  return {
    async fill(sink: KeySink): Promise<boolean> {
      for (;;) {
        for (; at < keys.length; at++) {
          if (sink.isFull) return false;
          const { key } = keys[at]!;
          sink.addKey(key, 0, key.length);
        }
        keys = await nextKeys();
        at = 0;
        if (keys.length === 0) return true;
      }
    },
  };
}

/** Gives the rows of keys, one key after the other. The first windows are read at once. */
export async function readRows(source: SeriesSource, nextKeys: NextKeys, span: TimeSpan): Promise<RowReader> {
  const rows = new ClusterRows(source, nextKeys, span);
  await rows.begin();
  return rows;
}

interface Part {
  readonly request: SeriesRequest;
  window: SeriesWindow;
  from: number;
}

class ClusterRows implements RowReader {
  readonly #source: SeriesSource;
  readonly #nextKeys: NextKeys;
  readonly #span: TimeSpan;
  #parts: readonly Part[] = [];
  #at = 0;
  #following: Promise<readonly Part[]> = Promise.resolve([]);

  constructor(source: SeriesSource, nextKeys: NextKeys, span: TimeSpan) {
    this.#source = source;
    this.#nextKeys = nextKeys;
    this.#span = span;
  }

  async begin(): Promise<void> {
    this.#parts = await this.#read();
    this.#prefetch();
  }

  async fill(sink: RowSink): Promise<boolean> {
    for (;;) {
      for (; this.#at < this.#parts.length; this.#at++) {
        if (!(await this.#fillFrom(this.#parts[this.#at]!, sink))) return false;
      }
      this.#parts = await this.#following;
      this.#at = 0;
      if (this.#parts.length === 0) return true;
      this.#prefetch();
    }
  }

  // True when all rows of the key are written.
  async #fillFrom(part: Part, sink: RowSink): Promise<boolean> {
    const { request } = part;
    const key = { bytes: request.key, start: 0, end: request.key.length };
    for (;;) {
      const span = { from: part.from, until: this.#span.until };
      const next = writeRuns(part.window.runs, { key, span, sink });
      if (next !== undefined) {
        part.from = next;
        return false;
      }
      if (part.window.next === undefined || part.window.next > span.until) return true;
      part.from = part.window.next;
      [part.window] = await this.#source.read([{ ...request, span: { ...span, from: part.from } }]) as [
        SeriesWindow,
      ];
    }
  }

  #prefetch(): void {
    this.#following = this.#read();
    // A failure appears when its rows are needed.
    this.#following.catch(() => {});
  }

  async #read(): Promise<readonly Part[]> {
    const keys = await this.#nextKeys();
    const requests = keys.map(({ partition, key }): SeriesRequest => ({ partition, key, span: this.#span }));
    const windows = await this.#source.read(requests);
    return requests.map((request, index) => ({ request, window: windows[index]!, from: this.#span.from }));
  }
}
