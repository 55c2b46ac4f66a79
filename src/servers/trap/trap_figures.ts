// The figures of the trap's store, for the admin routes.

import { counter, type Figure, gauge } from "../../program/admin/figures.ts";
import type { RequestStore, StoreListener } from "./store/request_store.ts";

/** Counts the requests of a store, and reports its figures. */
export class TrapFigures implements StoreListener {
  readonly #store: RequestStore;
  #captured = 0;
  #malformed = 0;

  /** Begins to count. */
  constructor(store: RequestStore) {
    this.#store = store;
    store.listen(this);
  }

  /** See {@linkcode StoreListener}. */
  added(request: Parameters<StoreListener["added"]>[0]): void {
    this.#captured++;
    if (request.facts.end === "malformed") this.#malformed++;
  }

  /** See {@linkcode StoreListener}. */
  changed(): void {}

  /** See {@linkcode StoreListener}. */
  removed(): void {}

  /** See {@linkcode StoreListener}. */
  cleared(): void {}

  /** The figures now. */
  collect(): readonly Figure[] {
    return [
      counter("trap_captured_total", "Requests captured since the start", this.#captured),
      counter("trap_malformed_total", "Those of them that broke the protocol", this.#malformed),
      counter("trap_evicted_total", "Requests that made room for newer ones", this.#store.evicted),
      gauge("trap_requests", "Requests that are kept", this.#store.size),
      gauge("trap_bytes", "Bytes of the requests that are kept", this.#store.bytes),
    ];
  }
}
