import { RequestQueue } from "./request_queue.ts";
import { StoreBins } from "./store_bins.ts";
import type { StoredRequest } from "../records/stored_request.ts";

/** Limits of a store. */
export interface StoreBounds {
  /** The number of requests; with bins, the number in each bin. */
  readonly maxRequests: number;
  /** The number of kept bytes of all requests. */
  readonly maxBytes: number;
}

/** Why requests are gone: because of the bounds of the store, or because a client deleted them. */
export type RemovalReason = "evicted" | "deleted";

/** Gets the events of a store. */
export interface StoreListener {
  /** A request has been added. */
  added(request: StoredRequest): void;
  /** A request has changed, or more bytes have come. */
  changed(request: StoredRequest): void;
  /** Requests are gone. */
  removed(requests: readonly StoredRequest[], reason: RemovalReason): void;
  /** All requests are gone. */
  cleared(): void;
}

/** Chooses requests. */
export type RequestTest = (request: StoredRequest) => boolean;

/** Options of {@linkcode RequestStore.newest}. */
export interface NewestOptions {
  /** The most requests. */
  readonly limit: number;
  /** Only requests with smaller ids than this one. */
  readonly before?: string | undefined;
}

// The number of full bins; beyond it, the oldest request of all is dropped.
const MAX_FULL_BINS = 100;

/** Requests in memory, sorted by id, the oldest dropped first. */
export class RequestStore {
  readonly #bounds: StoreBounds;
  readonly #listeners: StoreListener[] = [];
  readonly #bins = new StoreBins();
  readonly #requests = new RequestQueue();
  #bytes = 0;
  #lastSequence = 0;
  #evicted = 0;

  constructor(bounds: StoreBounds) {
    this.#bounds = bounds;
  }

  /** The limits. */
  get bounds(): StoreBounds {
    return this.#bounds;
  }

  /** The number of requests. */
  get size(): number {
    return this.#requests.size;
  }

  /** The number of kept bytes of all requests. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many requests have been dropped because of the bounds. */
  get evicted(): number {
    return this.#evicted;
  }

  /** The largest id; "" if there is none. */
  get lastId(): string {
    return this.#requests.at(this.size - 1)?.id ?? "";
  }

  /** The bins, each with the number of its requests. */
  get bins(): StoreBins {
    return this.#bins;
  }

  /** Reports all events to a listener from now on. */
  listen(listener: StoreListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Adds a request, and drops old ones if the bounds require it. The newest one always stays, cut if
   * necessary.
   */
  add(request: StoredRequest): void {
    request.sequence = ++this.#lastSequence;
    request.cut(this.#bounds.maxBytes);
    this.#insert(request);
    for (const listener of this.#listeners) listener.added(request);
    this.#dropBeyondBounds(request);
  }

  /** Loads requests of an earlier process. Listeners are told only about those that the limits drop. */
  restore(requests: Iterable<StoredRequest>): void {
    let last: StoredRequest | undefined;
    for (const request of requests) {
      this.#lastSequence = Math.max(this.#lastSequence, request.sequence);
      this.#insert(request);
      last = request;
    }
    for (const [bin] of this.#bins) {
      while (this.#bins.countOf(bin) > this.#bounds.maxRequests) this.#dropOldestOf(bin);
    }
    if (last !== undefined) this.#dropBeyondBounds(last);
  }

  /** Reports a change of a request, which may be gone already. */
  change(request: StoredRequest): void {
    if (this.find(request.id) !== request) return;
    this.#bytes -= request.countedBytes;
    request.cut(this.#bounds.maxBytes);
    this.#count(request);
    for (const listener of this.#listeners) listener.changed(request);
    this.#dropBeyondBounds(request);
  }

  /** The request with an id. */
  find(id: string): StoredRequest | undefined {
    const request = this.#requests.at(this.#indexOf(id));
    return request?.id === id ? request : undefined;
  }

  /** All requests that pass a test, sorted by id. */
  all(test: RequestTest): StoredRequest[] {
    const requests: StoredRequest[] = [];
    for (const request of this.#requests) {
      if (test(request)) requests.push(request);
    }
    return requests;
  }

  /** The newest requests that pass a test, the newest first. */
  newest(test: RequestTest, { limit, before }: NewestOptions): StoredRequest[] {
    const requests: StoredRequest[] = [];
    const end = before === undefined ? this.size : this.#indexOf(before);
    for (let i = end - 1; i >= 0 && requests.length < limit; i--) {
      const request = this.#requests.at(i)!;
      if (test(request)) requests.push(request);
    }
    return requests;
  }

  /** All requests that were stored after a moment and pass a test, in the order of storing. */
  inSequence(test: RequestTest, afterSequence: number): StoredRequest[] {
    return this.all((request) => request.sequence > afterSequence && test(request))
      .sort((left, right) => left.sequence - right.sequence);
  }

  /** The sequence number of a request; if it is gone, that of the last one before it. */
  sequenceOf(id: string): number {
    const found = this.find(id);
    if (found !== undefined) return found.sequence;
    const before = this.#indexOf(id) - 1;
    return before < 0 ? 0 : this.#requests.at(before)!.sequence;
  }

  /** Deletes a request. @returns false when it is not in the store */
  delete(id: string): boolean {
    const request = this.find(id);
    if (request === undefined) return false;
    this.#take(request);
    this.#tellRemoved([request], "deleted");
    return true;
  }

  /** Deletes all requests, or those of one bin. */
  clear(bin?: string): void {
    if (bin !== undefined) {
      const requests = this.#bins.requestsOf(bin);
      for (const request of requests) this.#take(request);
      return this.#tellRemoved(requests, "deleted");
    }
    this.#requests.clear();
    this.#bytes = 0;
    this.#bins.clear();
    for (const listener of this.#listeners) listener.cleared();
  }

  /** Drops the requests whose ids are smaller than this text: those that came before a time. */
  dropBefore(id: string): void {
    const dropped: StoredRequest[] = [];
    while (this.size > 0 && this.#requests.at(0)!.id < id) dropped.push(this.#takeFirst());
    this.#tellEvicted(dropped);
  }

  /** Ids come almost in order: only a few requests have overtaken this one. */
  #insert(request: StoredRequest): void {
    const requests = this.#requests;
    let at = requests.size;
    while (at > 0 && requests.at(at - 1)!.id > request.id) at--;
    if (at === requests.size) requests.push(request);
    else requests.insert(at, request);
    this.#bins.add(request);
    this.#count(request);
  }

  #count(request: StoredRequest): void {
    request.countedBytes = request.keptBytes;
    this.#bytes += request.countedBytes;
  }

  #dropBeyondBounds(newest: StoredRequest): void {
    const { maxRequests, maxBytes } = this.#bounds;
    const { bin } = newest.facts;
    if (bin !== undefined && this.#bins.countOf(bin) > maxRequests) this.#dropOldestOf(bin);
    const maxInAll = bin === undefined ? maxRequests : maxRequests * MAX_FULL_BINS;
    const dropped: StoredRequest[] = [];
    while (this.size > 1 && (this.size > maxInAll || this.#bytes > maxBytes)) dropped.push(this.#takeFirst());
    this.#tellEvicted(dropped);
  }

  #dropOldestOf(bin: string | undefined): void {
    const oldest = this.#bins.oldestOf(bin);
    if (oldest === undefined) return;
    this.#take(oldest);
    this.#tellEvicted([oldest]);
  }

  #takeFirst(): StoredRequest {
    const oldest = this.#requests.shift()!;
    this.#forget(oldest);
    return oldest;
  }

  #take(request: StoredRequest): void {
    this.#requests.remove(this.#indexOf(request.id));
    this.#forget(request);
  }

  #forget(request: StoredRequest): void {
    this.#bins.remove(request);
    this.#bytes -= request.countedBytes;
  }

  #tellEvicted(requests: readonly StoredRequest[]): void {
    this.#evicted += requests.length;
    this.#tellRemoved(requests, "evicted");
  }

  #tellRemoved(requests: readonly StoredRequest[], reason: RemovalReason): void {
    if (requests.length === 0) return;
    for (const listener of this.#listeners) listener.removed(requests, reason);
  }

  /** The index of the first request whose id is not smaller. */
  #indexOf(id: string): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#requests.at(middle)!.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
