import type { HttpRequest } from "../../../http/request/request.ts";
import type { RequestStore } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import type { Forwarder } from "../upstream/forwarder.ts";

// The number of copies at the same time: a server that hangs must not hold all requests in memory.
const MAX_COPIES = 1_000;

/** Sends copies of recorded requests to a server, and keeps its responses. */
export class RequestCopies {
  readonly #forwarder: Forwarder;
  readonly #store: RequestStore;
  #count = 0;

  constructor(forwarder: Forwarder, store: RequestStore) {
    this.#forwarder = forwarder;
    this.#store = store;
  }

  /** Sends a copy of a complete request whose bytes are all kept, without waiting for it. */
  send(request: HttpRequest, stored: StoredRequest): void {
    if (stored.wire.isCut || this.#count >= MAX_COPIES) return;
    this.#count++;
    this.#exchange(request, stored).finally(() => this.#count--);
  }

  async #exchange(request: HttpRequest, stored: StoredRequest): Promise<void> {
    const exchange = await this.#forwarder.forward(request, stored.body);
    await exchange.discardContent().catch(() => {});
    stored.setResponse(exchange.toStored("forwarded", 502));
    this.#store.change(stored);
  }

  /** Closes all connections. */
  close(): void {
    this.#forwarder.close();
  }
}
