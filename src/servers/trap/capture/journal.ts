// Logs the events of the records themselves: evictions, deletions, replays, start and stop.

import type { Clock } from "../../../base/clock.ts";
import { ThrottledNotice } from "../../../base/throttled_notice.ts";
import type { ChainLog } from "../../../log/open_logs.ts";
import type { MicroClock } from "../records/micro_clock.ts";
import type { RemovalReason, StoreListener } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";

/** Parts of a {@linkcode Journal}. */
export interface JournalOptions {
  /** Gets the lines; undefined when the log is off. */
  readonly log: ChainLog | undefined;
  /** The time of the lines. */
  readonly now: MicroClock;
  /** For evictions, which come in floods. */
  readonly clock: Clock;
}

// Replaces the id of a request.
const NO_ID = "-";

/** Logs the events of requests after they were recorded. */
export class Journal implements StoreListener {
  readonly #options: JournalOptions;
  readonly #evictions: ThrottledNotice;
  #evicted = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#evictions = new ThrottledNotice(options.clock);
  }

  /** Writes a line. @param id of the request that it is about */
  note(message: string, id: string = NO_ID): void {
    const { log, now } = this.#options;
    log?.write({ timeMicros: now(), level: "info", id, where: "trap", message });
  }

  added(): void {}

  changed(): void {}

  removed(requests: readonly StoredRequest[], reason: RemovalReason): void {
    if (reason === "deleted") {
      for (const { id } of requests) this.note("deleted", id);
      return;
    }
    this.#evicted += requests.length;
    if (this.#evictions.count() > 0) this.#noteEvicted();
  }

  cleared(): void {
    this.note("deleted all requests");
  }

  /** Writes the delayed lines. */
  finish(): void {
    if (this.#evicted > 0) this.#noteEvicted();
  }

  #noteEvicted(): void {
    const requests = this.#evicted === 1 ? "the oldest request" : `the ${this.#evicted} oldest requests`;
    this.note(`evicted ${requests}: there is no more room for them`);
    this.#evicted = 0;
  }
}
