import { createDeferred, type Deferred } from "../../../../base/deferred.ts";
import { afterHandingOut } from "../../../../base/event_loop.ts";
import type { BatchWriter } from "./batch_writer.ts";
import { type KnownKey, PutBatch } from "./put_batch.ts";

// A failover takes five seconds if the time-out of the cluster is two, and longer with a longer one.
const DEADLINE_MS = 15_000;

// A store that is known to be away should not hold up each client for so long.
const DEADLINE_WHEN_AWAY_MS = 3_000;

// Some 5 MB; a client that puts more waits until the batch before is written.
const MAX_BATCH_PUTS = 262_144;

/** Hears the outcome of batches. */
export interface QueueEvents {
  /** A batch is stored. @param added the number of new samples */
  onWritten(added: number): void;
  /** A batch is not stored, or may not be. */
  onFailed(error: unknown): void;
}

/** Gathers puts while a batch is being written; one is written at a time. */
export class WriteQueue {
  readonly #writer: BatchWriter;
  readonly #events: QueueEvents;
  readonly #deadlineMs: number;
  #batch = new PutBatch();
  // Columns of 20 KiB for each put would keep the garbage collector busy.
  #spent: PutBatch | undefined;
  #inFlight = 0;
  // The callers that wait for the current batch.
  #waiting: Deferred<void> | undefined;
  // The pending write; settles like its commit.
  #writing: Promise<void> | undefined;
  // The failure of the last batch, for a client that has puts in it but asks late.
  #failure: unknown;

  /** Begins with nothing to write. @param deadlineMs after this long a batch has failed; default 15,000 */
  constructor(writer: BatchWriter, events: QueueEvents, deadlineMs: number = DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
    this.#writer = writer;
    this.#events = events;
  }

  /** The number of puts that are not stored yet. */
  get unwritten(): number {
    return this.#batch.count + this.#inFlight;
  }

  /** The current time limit of a command. */
  get deadlineMs(): number {
    return this.#failure === undefined ? this.#deadlineMs : Math.min(this.#deadlineMs, DEADLINE_WHEN_AWAY_MS);
  }

  /**
   * Waits for room for a put; undefined if there is.
   *
   * @throws {StoreError} the puts that took the room were not stored
   */
  room(): Promise<void> | undefined {
    return this.#batch.count < MAX_BATCH_PUTS ? undefined : this.commit();
  }

  /** Adds a put. */
  add(key: KnownKey, timestamp: number, value: number): void {
    this.#batch.add(key, timestamp, value);
  }

  /** Writes everything so far; undefined when that is done. Rejects with a StoreError when it could not be. */
  commit(): Promise<void> | undefined {
    if (this.#batch.count > 0) {
      if (this.#waiting === undefined) {
        this.#waiting = createDeferred<void>();
        // Puts that other clients have sent by now go with it.
        if (this.#writing === undefined) afterHandingOut(() => this.#flush());
      }
      return this.#waiting.promise;
    }
    if (this.#writing !== undefined) return this.#writing;
    return this.#failure === undefined ? undefined : Promise.reject(this.#failure);
  }

  /** Writes everything so far, for a client without puts in it. @throws {StoreError} it could not be written */
  async flush(): Promise<void> {
    if (this.unwritten > 0) await this.commit();
  }

  /** Does something after everything so far is written, and before later puts are. */
  async runAlone<T>(action: () => Promise<T>): Promise<T> {
    if (this.#batch.count > 0) await this.commit();
    while (this.#writing !== undefined) await this.#writing.catch(() => {});
    const done = createDeferred<void>();
    this.#writing = done.promise;
    try {
      const result = await action();
      this.#failure = undefined;
      return result;
    } finally {
      done.resolve();
      this.#finish();
    }
  }

  #flush(): void {
    if (this.#writing !== undefined || this.#waiting === undefined) return;
    const waiting = this.#waiting;
    const batch = this.#batch;
    this.#waiting = undefined;
    this.#batch = new PutBatch(this.#spent);
    this.#spent = undefined;
    this.#inFlight = batch.count;
    this.#writing = waiting.promise;
    this.#writer.write(batch, this.deadlineMs).then(
      (added) => {
        this.#failure = undefined;
        this.#spent = batch;
        this.#inFlight = 0;
        this.#events.onWritten(added);
        waiting.resolve();
        this.#finish();
      },
      (error: unknown) => {
        this.#failure = error;
        this.#spent = batch;
        this.#inFlight = 0;
        this.#events.onFailed(error);
        waiting.reject(error);
        this.#finish();
      },
    );
  }

  #finish(): void {
    this.#writing = undefined;
    this.#flush();
  }
}
