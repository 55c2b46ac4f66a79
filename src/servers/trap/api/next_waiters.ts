import type { Clock } from "../../../base/clock.ts";
import { HttpError } from "../../../http/errors.ts";
import type { RequestStore, RequestTest, StoreListener } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";

const MAX_WAITERS = 1_000;

/** The requests to wait for, and how long. */
export interface NextOptions {
  /** The id after which requests count; undefined for all that come from now on. */
  readonly after: string | undefined;
  /** For so long, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborted if the waiting client has left, or has only finished sending: TCP does not tell. */
  readonly signal?: AbortSignal;
}

interface Waiter {
  readonly signal: AbortSignal | undefined;
  readonly test: RequestTest;
  readonly settle: (request: StoredRequest | undefined) => void;
}

/** Callers that wait for a request that has not come yet. */
export class NextWaiters implements StoreListener {
  readonly #store: RequestStore;
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  constructor(store: RequestStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.listen(this);
  }

  /** How many wait at the moment. */
  get size(): number {
    return this.#waiters.size;
  }

  /**
   * Waits for a request.
   *
   * @param test which one
   * @returns undefined when none has come in time, or the server stops
   * @throws {HttpError} 503 when too many wait
   */
  async next(
    test: RequestTest,
    { after, timeoutMs, signal }: NextOptions,
  ): Promise<StoredRequest | undefined> {
    const [stored] = after === undefined ? [] : this.#store.inSequence(test, this.#store.sequenceOf(after));
    if (stored !== undefined || timeoutMs === 0 || this.#isClosed) return stored;
    if (this.#waiters.size >= MAX_WAITERS && !this.#dismissLeft()) {
      throw new HttpError(503, `Cannot wait: ${MAX_WAITERS} others do`, { headers: [["Retry-After", "1"]] });
    }
    return await new Promise((resolve) => {
      const settle = (request: StoredRequest | undefined): void => {
        stop();
        this.#waiters.delete(waiter);
        resolve(request);
      };
      const stop = this.#clock.every(timeoutMs, () => settle(undefined));
      const waiter = { test, settle, signal };
      this.#waiters.add(waiter);
    });
  }

  added(request: StoredRequest): void {
    for (const waiter of this.#waiters) {
      if (waiter.test(request)) waiter.settle(request);
    }
  }

  changed(): void {}

  removed(): void {}

  cleared(): void {}

  /** Makes room: dismisses a client that has probably left. @returns false if there is none */
  #dismissLeft(): boolean {
    for (const waiter of this.#waiters) {
      if (!waiter.signal?.aborted) continue;
      waiter.settle(undefined);
      return true;
    }
    return false;
  }

  /** Dismisses all waiting clients, and any that come later. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of this.#waiters) waiter.settle(undefined);
  }
}
