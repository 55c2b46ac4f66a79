// Writers that remember what was acknowledged, and a check that all of it can be read.

import { assertEquals } from "@std/assert";
import type { MetricStore } from "../../../../src/servers/metrics/store.ts";
import { putUncommitted, readRows } from "../store_actions.ts";

/** The record of the writers. */
export interface WriterLog {
  /** The last acknowledged value by `key timestamp`, and values that may have been stored since. */
  readonly samples: Map<string, { acknowledged: number | undefined; maybe: number[] }>;
  /** The number of acknowledged puts. */
  acknowledged: number;
  /** Refusals, by message. */
  readonly errors: string[];
  /** The longest time between two acknowledgements of a writer, in milliseconds. */
  longestMs: number;
}

/** Makes an empty log. */
export function createWriterLog(): WriterLog {
  return { samples: new Map(), acknowledged: 0, errors: [], longestMs: 0 };
}

/** Writes batches until told to stop: new samples of its own keys, and some timestamps again and again. */
export async function writeUntil(
  store: MetricStore,
  { name, log, isOver }: { readonly name: string; readonly log: WriterLog; readonly isOver: () => boolean },
): Promise<void> {
  let value = 0;
  while (!isOver()) {
    const puts: { readonly id: string; readonly value: number }[] = [];
    const startedMs = performance.now();
    for (let index = 0; index < 20; index++) {
      value++;
      const key = `${name}.${index}`;
      const timestamp = index < 5 ? index : value;
      await putUncommitted(store, key, value, timestamp);
      puts.push({ id: `${key} ${timestamp}`, value });
    }
    const failure = await store.commit()?.then(() => undefined, (error: Error) => error.message);
    log.longestMs = Math.max(log.longestMs, performance.now() - startedMs);
    if (failure !== undefined) log.errors.push(failure);
    else log.acknowledged += puts.length;
    for (const put of puts) note(log, put, failure === undefined ? "acknowledged" : "maybe");
  }
}

function note(
  log: WriterLog,
  { id, value }: { id: string; value: number },
  state: "acknowledged" | "maybe",
): void {
  const sample = log.samples.get(id) ?? { acknowledged: undefined, maybe: [] };
  if (state === "maybe") sample.maybe.push(value);
  else {
    sample.acknowledged = value;
    sample.maybe = [];
  }
  log.samples.set(id, sample);
}

/** Checks that every acknowledged sample is there, with the newest value of its timestamp, and nothing else. */
export async function checkAcknowledged(store: MetricStore, log: WriterLog): Promise<void> {
  const found = new Map<string, number>();
  for (const row of await readRows(store, "*")) {
    const [key, value, timestamp] = row.split(" ");
    found.set(`${key} ${timestamp}`, Number(value));
  }
  const wrong: string[] = [];
  for (const [id, { acknowledged, maybe }] of log.samples) {
    const value = found.get(id);
    if (value !== acknowledged && !maybe.includes(value!)) {
      wrong.push(`${id}: ${value}, expected ${acknowledged}`);
    }
  }
  assertEquals(wrong, []);
  assertEquals([...found.keys()].filter((id) => !log.samples.has(id)), []);
}
