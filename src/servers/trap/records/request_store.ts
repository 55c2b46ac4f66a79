import type { StoredRequest } from "./stored_request.ts";

/** What a store may hold. */
export interface StoreBounds {
  /** Requests. */
  readonly maxRequests: number;
  /** Kept bytes of requests together. */
  readonly maxBytes: number;
}

/** Told what happens in a store. */
export interface StoreListener {
  /** A request has been added. */
  added(request: StoredRequest): void;
  /** More bytes have been added to a request. */
  changed(request: StoredRequest): void;
  /** Requests are gone: dropped because of the bounds, or deleted. */
  removed(requests: readonly StoredRequest[]): void;
  /** All requests are gone. */
  cleared(): void;
}

/** Which requests are meant. */
export type RequestTest = (request: StoredRequest) => boolean;

/** Options of {@linkcode RequestStore.newest}. */
export interface NewestOptions {
  /** How many at most. */
  readonly limit: number;
  /** Only those with smaller ids than this one. */
  readonly before?: string | undefined;
}

// Dropped requests leave their places at the front empty until so many are.
const MAX_EMPTY_PLACES = 1_024;

/** Requests in memory, sorted by id, the oldest dropped first. */
export class RequestStore {
  readonly #bounds: StoreBounds;
  readonly #listeners: StoreListener[] = [];
  // Those before #first have been dropped.
  #requests: (StoredRequest | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  #lastSequence = 0;

  constructor(bounds: StoreBounds) {
    this.#bounds = bounds;
  }

  /** How many requests there are. */
  get size(): number {
    return this.#requests.length - this.#first;
  }

  /** Kept bytes of all requests together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The largest id; "" where there is none. */
  get lastId(): string {
    return this.#requests[this.#requests.length - 1]?.id ?? "";
  }

  /** Has a listener told of everything from now on. */
  listen(listener: StoreListener): void {
    this.#listeners.push(listener);
  }

  /** Adds a request, and drops old ones where the bounds demand it: itself too, when it alone is beyond them. */
  add(request: StoredRequest): void {
    request.sequence = ++this.#lastSequence;
    this.#insert(request);
    for (const listener of this.#listeners) listener.added(request);
    this.#dropOldest();
  }

  /** Takes back what was stored by an earlier process. Nobody is told, but of what the bounds do not allow any more. */
  restore(requests: Iterable<StoredRequest>): void {
    for (const request of requests) {
      this.#lastSequence = Math.max(this.#lastSequence, request.sequence);
      this.#insert(request);
    }
    this.#dropOldest();
  }

  /** Says that bytes have been added to a request, which may be gone already. */
  change(request: StoredRequest): void {
    if (this.find(request.id) !== request) return;
    this.#bytes -= request.countedBytes;
    this.#count(request);
    for (const listener of this.#listeners) listener.changed(request);
    this.#dropOldest();
  }

  /** The request of an id. */
  find(id: string): StoredRequest | undefined {
    const request = this.#requests[this.#indexOf(id)];
    return request?.id === id ? request : undefined;
  }

  /** All requests that pass a test, sorted by id. */
  all(test: RequestTest): StoredRequest[] {
    const requests: StoredRequest[] = [];
    for (let i = this.#first; i < this.#requests.length; i++) {
      const request = this.#requests[i]!;
      if (test(request)) requests.push(request);
    }
    return requests;
  }

  /** The newest requests that pass a test, the newest first. */
  newest(test: RequestTest, { limit, before }: NewestOptions): StoredRequest[] {
    const requests: StoredRequest[] = [];
    const end = before === undefined ? this.#requests.length : this.#indexOf(before);
    for (let i = end - 1; i >= this.#first && requests.length < limit; i--) {
      const request = this.#requests[i]!;
      if (test(request)) requests.push(request);
    }
    return requests;
  }

  /** All requests stored after a moment that pass a test, in the order in which they were stored. */
  inSequence(test: RequestTest, afterSequence: number): StoredRequest[] {
    return this.all((request) => request.sequence > afterSequence && test(request))
      .sort((left, right) => left.sequence - right.sequence);
  }

  /** The moment a request was stored, as a sequence number; of one that is gone, that of the last one before it. */
  sequenceOf(id: string): number {
    const found = this.find(id);
    if (found !== undefined) return found.sequence;
    const before = this.#indexOf(id) - 1;
    return before < this.#first ? 0 : this.#requests[before]!.sequence;
  }

  /** Deletes a request. @returns false when it is not here */
  delete(id: string): boolean {
    const index = this.#indexOf(id);
    const request = this.#requests[index];
    if (request?.id !== id) return false;
    this.#requests.splice(index, 1);
    this.#bytes -= request.countedBytes;
    for (const listener of this.#listeners) listener.removed([request]);
    return true;
  }

  /** Deletes all requests. */
  clear(): void {
    this.#requests = [];
    this.#first = 0;
    this.#bytes = 0;
    for (const listener of this.#listeners) listener.cleared();
  }

  /** Ids come almost in their order: only a few requests have overtaken this one. */
  #insert(request: StoredRequest): void {
    const requests = this.#requests;
    let at = requests.length;
    while (at > this.#first && requests[at - 1]!.id > request.id) at--;
    if (at === requests.length) requests.push(request);
    else requests.splice(at, 0, request);
    this.#count(request);
  }

  #count(request: StoredRequest): void {
    request.countedBytes = request.wire.kept.length;
    this.#bytes += request.countedBytes;
  }

  #dropOldest(): void {
    const { maxRequests, maxBytes } = this.#bounds;
    const dropped: StoredRequest[] = [];
    while (this.size > maxRequests || this.#bytes > maxBytes) {
      const oldest = this.#requests[this.#first]!;
      this.#requests[this.#first++] = undefined;
      this.#bytes -= oldest.countedBytes;
      dropped.push(oldest);
    }
    if (dropped.length === 0) return;
    if (this.#first > MAX_EMPTY_PLACES && this.#first * 2 > this.#requests.length) {
      this.#requests = this.#requests.slice(this.#first);
      this.#first = 0;
    }
    for (const listener of this.#listeners) listener.removed(dropped);
  }

  /** The index of the first request whose id is not smaller. */
  #indexOf(id: string): number {
    let low = this.#first;
    let high = this.#requests.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#requests[middle]!.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
