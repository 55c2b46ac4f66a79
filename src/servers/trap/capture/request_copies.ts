import type { Clock } from "../../../base/clock.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import type { RequestStore } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import type { Exchange } from "../upstream/exchange.ts";
import type { Forwarder } from "../upstream/forwarder.ts";
import { urlBelow } from "../upstream/upstream_url.ts";

// The number of copies at the same time: a server that hangs must not hold all requests in memory.
const MAX_COPIES = 1_000;

/** Sends copies of recorded requests to a server, and keeps its responses. */
export class RequestCopies {
  readonly #forwarder: Forwarder;
  readonly #store: RequestStore;
  readonly #clock: Clock;
  #count = 0;

  /** @param clock the times of the copies */
  constructor(forwarder: Forwarder, store: RequestStore, clock: Clock) {
    this.#clock = clock;
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
    const at = new Date(this.#clock.nowMs()).toISOString();
    const exchange = await new Promise<Exchange>((resolve) =>
      this.#forwarder.forward(request, stored.body, { onReady: resolve })
    );
    await exchange.discardContent().catch(() => {});
    // The response that the client got stays beside it.
    stored.addReplay({
      facts: {
        at,
        url: urlBelow(this.#forwarder.upstream, request.target),
        method: request.method,
        exact: false,
      },
      response: exchange.toStored("copied", 502),
    });
    this.#store.change(stored);
  }

  /** Closes all connections. */
  close(): void {
    this.#forwarder.close();
  }
}
