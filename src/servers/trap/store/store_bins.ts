import type { StoredRequest } from "../records/stored_request.ts";

/** The requests of a store by bin; requests without a bin are left out. */
export class StoreBins implements Iterable<readonly [name: string, oldest: StoredRequest]> {
  // In the order of adding.
  readonly #bins = new Map<string, Set<StoredRequest>>();

  /** The number of requests in a bin. */
  countOf(bin: string | undefined): number {
    return bin === undefined ? 0 : this.#bins.get(bin)?.size ?? 0;
  }

  /** The requests of a bin, in the order of adding. */
  requestsOf(bin: string): readonly StoredRequest[] {
    return [...this.#bins.get(bin) ?? []];
  }

  /** The request of a bin that was added first. */
  oldestOf(bin: string | undefined): StoredRequest | undefined {
    if (bin === undefined) return undefined;
    for (const request of this.#bins.get(bin) ?? []) return request;
    return undefined;
  }

  /** Adds a request to its bin. */
  add(request: StoredRequest): void {
    const { bin } = request.facts;
    if (bin === undefined) return;
    const requests = this.#bins.get(bin);
    if (requests === undefined) this.#bins.set(bin, new Set([request]));
    else requests.add(request);
  }

  /** Removes a request from its bin; an empty bin disappears. */
  remove(request: StoredRequest): void {
    const { bin } = request.facts;
    const requests = bin === undefined ? undefined : this.#bins.get(bin);
    if (bin === undefined || requests === undefined) return;
    requests.delete(request);
    if (requests.size === 0) this.#bins.delete(bin);
  }

  /** Empties all bins. */
  clear(): void {
    this.#bins.clear();
  }

  /** Each bin with its oldest request. */
  *[Symbol.iterator](): Iterator<readonly [string, StoredRequest]> {
    for (const [name, requests] of [...this.#bins]) {
      for (const oldest of requests) {
        yield [name, oldest];
        break;
      }
    }
  }
}
