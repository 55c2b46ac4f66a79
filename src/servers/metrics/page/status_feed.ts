import { EventClients } from "../../../backend/event_clients.ts";
import type { Clock } from "../../../base/clock.ts";
import { statusOf, type StatusSource } from "./server_status.ts";

const PERIOD_MS = 1_000;

/**
 * Streams of server-sent events: a `status` a second, made once for all open pages, and only while there are
 * any.
 */
export class StatusFeed {
  readonly #clients = new EventClients();
  readonly #source: StatusSource;
  readonly #clock: Clock;
  readonly #stop: () => void;

  /** Begins to send. @param source called once a second */
  constructor(source: StatusSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    this.#stop = clock.every(PERIOD_MS, () => {
      if (this.#clients.size > 0) this.#clients.send(this.#event());
    });
  }

  /** Opens a stream, which begins with the current status. */
  open(): AsyncIterable<Uint8Array> {
    return this.#clients.add(() => [this.#event()]);
  }

  /** Ends all streams. */
  close(): void {
    this.#stop();
    this.#clients.close();
  }

  #event(): string {
    return `event: status\ndata: ${JSON.stringify(statusOf(this.#source, this.#clock.nowMs()))}\n\n`;
  }
}
