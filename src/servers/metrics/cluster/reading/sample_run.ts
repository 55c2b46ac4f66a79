import type { Buffer } from "node:buffer";
import type { RowSink, TimeSpan } from "../../store.ts";
import { ERA_SECONDS, RECORD_BYTES } from "../writing/call_encoder.ts";

/** Samples of one key and one era, by timestamp, as the store keeps them. */
export interface SampleRun {
  /** The upper bits of all timestamps. */
  readonly era: number;
  /** The records. */
  readonly bytes: Buffer;
}

/** Seconds since 1970 of the record at an index. */
export function timestampAt({ era, bytes }: SampleRun, index: number): number {
  return era * ERA_SECONDS + bytes.readUInt32BE(index * RECORD_BYTES);
}

/** The last timestamp of a non-empty run. */
export function lastTimestampOf(run: SampleRun): number {
  return timestampAt(run, run.bytes.length / RECORD_BYTES - 1);
}

/** Key bytes in the form in which rows are written. */
export interface RowKey {
  /** The array that holds the key. */
  readonly bytes: Uint8Array;
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset after its last byte. */
  readonly end: number;
}

/**
 * Writes the rows of runs within a time span until the sink is full.
 *
 * @param runs in ascending order of time
 * @returns undefined when all are written, otherwise the timestamp to go on from
 */
export function writeRuns(
  runs: readonly SampleRun[],
  { key, span, sink }: { readonly key: RowKey; readonly span: TimeSpan; readonly sink: RowSink },
): number | undefined {
  for (const run of runs) {
    const { bytes, era } = run;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const base = era * ERA_SECONDS;
    for (let at = indexFrom(run, span.from) * RECORD_BYTES; at < bytes.length; at += RECORD_BYTES) {
      const timestamp = base + view.getUint32(at);
      if (timestamp > span.until) return undefined;
      if (sink.isFull) return timestamp;
      sink.addRow(key.bytes, key.start, key.end, view.getFloat64(at + 4), timestamp);
    }
  }
  return undefined;
}

/** Index of the first record at a timestamp or after it. */
export function indexFrom(run: SampleRun, timestamp: number): number {
  let low = 0;
  let high = run.bytes.length / RECORD_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timestampAt(run, middle) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}
