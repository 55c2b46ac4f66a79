import type { StoredRequest } from "../records/stored_request.ts";
import { RequestQueue } from "./request_queue.ts";

/** The requests of a store by bin; requests without a bin are left out. */
export class StoreBins implements Iterable<readonly [name: string, oldest: StoredRequest]> {
  readonly #bins = new Map<string, RequestQueue>();

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
    return bin === undefined ? undefined : this.#bins.get(bin)?.at(0);
  }

  /** Adds a request to its bin. */
  add(request: StoredRequest): void {
    const name = request.facts.bin;
    if (name === undefined) return;
    let bin = this.#bins.get(name);
    if (bin === undefined) this.#bins.set(name, bin = new RequestQueue());
    bin.push(request);
  }

  /** Removes a request from its bin; an empty bin disappears. */
  remove(request: StoredRequest): void {
    const name = request.facts.bin;
    const bin = name === undefined ? undefined : this.#bins.get(name);
    if (name === undefined || bin === undefined) return;
    const index = bin.indexOf(request);
    if (index >= 0) bin.remove(index);
    if (bin.size === 0) this.#bins.delete(name);
  }

  /** Empties all bins. */
  clear(): void {
    this.#bins.clear();
  }

  /** Each bin with its oldest request. */
  *[Symbol.iterator](): Iterator<readonly [string, StoredRequest]> {
    for (const [name, requests] of [...this.#bins]) yield [name, requests.at(0)!];
  }
}
