import type { Clock } from "../../../base/clock.ts";
import { HttpError } from "../../../http/errors.ts";
import type { RequestStore, RequestTest, StoreListener } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";

const MAX_WAITERS = 1_000;

/** The requests to wait for, and the time to wait. */
export interface NextOptions {
  /** Only requests after this id count; undefined means all that come from now on. */
  readonly after: string | undefined;
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborted if the waiting client has left, or has only finished sending: TCP does not distinguish them. */
  readonly signal?: AbortSignal;
  /** Called with the request as soon as it is chosen, before any other caller can choose it. */
  readonly take?: (request: StoredRequest) => void;
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

  /** The number of callers that wait now. */
  get size(): number {
    return this.#waiters.size;
  }

  /**
   * Waits for a request.
   *
   * @param test chooses the request
   * @returns undefined when none has come in time, or when the server stops
   * @throws {HttpError} 503 when too many callers wait
   */
  async next(
    test: RequestTest,
    { after, timeoutMs, signal, take }: NextOptions,
  ): Promise<StoredRequest | undefined> {
    const [stored] = after === undefined ? [] : this.#store.inSequence(test, this.#store.sequenceOf(after));
    if (stored !== undefined) take?.(stored);
    if (stored !== undefined || timeoutMs === 0 || this.#isClosed) return stored;
    if (this.#waiters.size >= MAX_WAITERS && !this.#dismissLeft()) {
      throw new HttpError(503, `Cannot wait: ${MAX_WAITERS} others do`, { headers: [["Retry-After", "1"]] });
    }
    return await new Promise((resolve) => {
      const settle = (request: StoredRequest | undefined): void => {
        stop();
        this.#waiters.delete(waiter);
        if (request !== undefined) take?.(request);
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

  /** Makes room: dismisses a client that has probably left. @returns false if there is no such client */
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
