import { EventClients } from "../../../backend/event_clients.ts";
import type { Clock } from "../../../base/clock.ts";
import type { RemovalReason, RequestStore, StoreListener } from "../store/request_store.ts";
import { toRecord } from "../records/to_record.ts";
import type { TrapStatus } from "./trap_status.ts";
import type { StoredRequest } from "../records/stored_request.ts";

// Proxies cut connections that are silent for longer, and so does our own write time-out.
const HEARTBEAT_MS = 15_000;
const STATUS_AFTER_MS = 1_000;

/** Reports all events of a store to browsers, live. */
export class EventFeed implements StoreListener {
  readonly #clients = new EventClients();
  readonly #store: RequestStore;
  readonly #status: () => TrapStatus;
  readonly #clock: Clock;
  readonly #stopHeartbeat: () => void;
  #stopStatus: (() => void) | undefined;

  constructor(store: RequestStore, clock: Clock, status: () => TrapStatus) {
    this.#store = store;
    this.#clock = clock;
    this.#status = status;
    store.listen(this);
    this.#stopHeartbeat = clock.every(HEARTBEAT_MS, () => this.#clients.send(":\n\n"));
  }

  /** Opens a stream. @param lastId the last request that the client has seen: later ones come first */
  open(lastId: string | undefined): AsyncIterable<Uint8Array> {
    return this.#clients.add(() => lastId === undefined ? [] : this.#eventsAfter(lastId));
  }

  /** Ends all streams. */
  close(): void {
    this.#stopHeartbeat();
    this.#stopStatus?.();
    this.#clients.close();
  }

  added(request: StoredRequest): void {
    if (this.#clients.size > 0) this.#clients.send(eventOf(request));
  }

  // The same event again: a client that has the request recognises it by the id, and takes its new state.
  changed(request: StoredRequest): void {
    this.added(request);
  }

  removed(requests: readonly StoredRequest[], reason: RemovalReason): void {
    if (this.#clients.size === 0) return;
    if (reason === "evicted") this.sendStatus();
    this.#clients.send(removalOf({ ids: requests.map(({ id }) => id) }));
  }

  cleared(): void {
    this.#clients.send(removalOf({ all: true }));
  }

  /** Reports the state of the trap soon; in a flood, once a second. */
  sendStatus(): void {
    if (this.#clients.size === 0) return;
    this.#stopStatus ??= this.#clock.after(STATUS_AFTER_MS, () => {
      this.#stopStatus = undefined;
      this.#clients.send(`event: status\ndata: ${JSON.stringify(this.#status())}\n\n`);
    });
  }

  /** Reports that the rules have changed. */
  sendRules(): void {
    this.#clients.send("event: rules\ndata: {}\n\n");
  }

  // Not a generator itself: the stream begins with the requests stored now, not with those stored when it is
  // read.
  #eventsAfter(id: string): Iterable<string> {
    return eventsOf(this.#store.inSequence(() => true, this.#store.sequenceOf(id)));
  }
}

function* eventsOf(requests: readonly StoredRequest[]): Generator<string> {
  for (const request of requests) yield eventOf(request);
}

function eventOf(request: StoredRequest): string {
  return `event: request\nid: ${request.id}\ndata: ${JSON.stringify(toRecord(request))}\n\n`;
}

function removalOf(what: { readonly ids: readonly string[] } | { readonly all: true }): string {
  return `event: removed\ndata: ${JSON.stringify(what)}\n\n`;
}
