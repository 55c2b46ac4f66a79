import { EventClients } from "../../../backend/event_clients.ts";
import type { Clock } from "../../../base/clock.ts";
import type { RequestStore, StoreListener } from "../records/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";

// Proxies and our own write time-out cut connections that are silent for longer.
const HEARTBEAT_MS = 15_000;

/** Tells browsers of everything that happens in a store, while it happens. */
export class EventFeed implements StoreListener {
  readonly #clients = new EventClients();
  readonly #store: RequestStore;
  readonly #stopHeartbeat: () => void;

  constructor(store: RequestStore, clock: Clock) {
    this.#store = store;
    store.listen(this);
    this.#stopHeartbeat = clock.every(HEARTBEAT_MS, () => this.#clients.send(":\n\n"));
  }

  /** Opens a stream. @param lastId the request that its reader has seen last: those behind it come first */
  open(lastId: string | undefined): AsyncIterable<Uint8Array> {
    return this.#clients.add(() => lastId === undefined ? [] : this.#eventsAfter(lastId));
  }

  /** Ends all streams. */
  close(): void {
    this.#stopHeartbeat();
    this.#clients.close();
  }

  added(request: StoredRequest): void {
    if (this.#clients.size > 0) this.#clients.send(eventOf(request));
  }

  // The same event again: who has the request already sees by its id that this is its new state.
  changed(request: StoredRequest): void {
    this.added(request);
  }

  removed(requests: readonly StoredRequest[]): void {
    if (this.#clients.size === 0) return;
    this.#clients.send(removalOf({ ids: requests.map(({ id }) => id) }));
  }

  cleared(): void {
    this.#clients.send(removalOf({ all: true }));
  }

  // Not a generator itself: what is stored now is meant, not when it is read.
  #eventsAfter(id: string): Iterable<string> {
    return eventsOf(this.#store.inSequence(() => true, this.#store.sequenceOf(id)));
  }
}

function* eventsOf(requests: readonly StoredRequest[]): Generator<string> {
  for (const request of requests) yield eventOf(request);
}

function eventOf(request: StoredRequest): string {
  return `event: request\nid: ${request.id}\ndata: ${JSON.stringify(request.toRecord())}\n\n`;
}

function removalOf(what: { readonly ids: readonly string[] } | { readonly all: true }): string {
  return `event: removed\ndata: ${JSON.stringify(what)}\n\n`;
}
