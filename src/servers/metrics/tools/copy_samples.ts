import { socketsLookedAt } from "../../../base/event_loop.ts";
import { ALL_TIME, type ByteRange, type MetricStore, type RowReader } from "../store.ts";

// Rows that are compared and put at a time.
const PIECE_ROWS = 50_000;

/** The progress of a copy. */
export interface CopyProgress {
  /** Finished keys. */
  readonly keys: number;
  /** Keys in all. */
  readonly allKeys: number;
  /** Samples that were looked at. */
  readonly samples: number;
  /** Missing samples that have been put. */
  readonly copied: number;
}

/**
 * Copies the samples that one store has and the other does not, in the order of first puts. A sample of the
 * other store stays as it is, because it may be newer. So a copy may be stopped and started again, and the
 * other store may be in use.
 *
 * @param onProgress called after each key
 * @throws {Error} a store has failed, or refuses a put; samples copied until then stay
 */
export async function copySamples(
  from: MetricStore,
  to: MetricStore,
  onProgress: (progress: CopyProgress) => void = () => {},
): Promise<CopyProgress> {
  const keys = await readAllKeys(from);
  let progress: CopyProgress = { keys: 0, allKeys: keys.length, samples: 0, copied: 0 };
  for (const key of keys) {
    const reader = await from.openRows(key, ALL_TIME);
    for (let isDone = false; !isDone;) {
      const piece = new Piece();
      isDone = await fillPiece(reader, piece);
      const copied = piece.timestamps.length === 0 ? 0 : await putMissing(to, key, piece);
      const samples = progress.samples + piece.timestamps.length;
      progress = { ...progress, samples, copied: progress.copied + copied };
    }
    progress = { ...progress, keys: progress.keys + 1 };
    onProgress(progress);
  }
  return progress;
}

class Piece {
  readonly timestamps: number[] = [];
  readonly values: number[] = [];

  get isFull(): boolean {
    return this.timestamps.length >= PIECE_ROWS;
  }

  addRow(_bytes: Uint8Array, _keyStart: number, _keyEnd: number, value: number, timestamp: number): void {
    this.timestamps.push(timestamp);
    this.values.push(value);
  }
}

// True when the reader has no more.
async function fillPiece(reader: RowReader, piece: Piece): Promise<boolean> {
  for (;;) {
    if (await reader.fill(piece)) return true;
    if (piece.isFull) return false;
    await socketsLookedAt();
  }
}

async function putMissing(to: MetricStore, key: ByteRange, piece: Piece): Promise<number> {
  const { timestamps, values } = piece;
  const present = new Set<number>();
  const span = { from: timestamps[0]!, until: timestamps[timestamps.length - 1]! };
  const sink = {
    isFull: false,
    addRow: (_bytes: Uint8Array, _start: number, _end: number, _value: number, timestamp: number): void =>
      void present.add(timestamp),
  };
  const reader = await to.openRows(key, span);
  while (!(await reader.fill(sink))) await socketsLookedAt();
  let copied = 0;
  for (const [index, timestamp] of timestamps.entries()) {
    if (present.has(timestamp)) continue;
    const { bytes, start, end } = key;
    const outcome = await to.put({ bytes, keyStart: start, keyEnd: end, timestamp, value: values[index]! });
    if (outcome !== "stored") throw new Error(`Cannot copy: the store refuses a sample (${outcome})`);
    copied++;
  }
  await to.commit();
  return copied;
}

async function readAllKeys(store: MetricStore): Promise<ByteRange[]> {
  const keys: ByteRange[] = [];
  const sink = {
    isFull: false,
    addKey: (bytes: Uint8Array, start: number, end: number): void =>
      void keys.push({ bytes: bytes.slice(start, end), start: 0, end: end - start }),
  };
  const reader = await store.openKeys({ bytes: Uint8Array.of(0x2a), start: 0, end: 1 });
  while (!(await reader.fill(sink))) await socketsLookedAt();
  return keys;
}
