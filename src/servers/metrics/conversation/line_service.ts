// The line protocol on the connections of the metrics server.

import type { Clock } from "../../../base/clock.ts";
import { messageOfError } from "../../../base/error_text.ts";
import { LineDecoder } from "../../../bytes/line_decoder.ts";
import { formatAddress } from "../../../net/address.ts";
import type { Connection } from "../../../net/connection.ts";
import type { ConnectionService, ServedClient } from "../../../serving/connection_server.ts";
import { ClientLoop, ReadBuffers } from "./client_loop.ts";
import type { MetricsLog } from "../options.ts";
import { RefusedClient, TOO_MANY_CLIENTS } from "./refused_client.ts";
import { Session } from "./session.ts";
import type { SessionParts } from "./session_parts.ts";

/** Parts of the service. */
export interface LineServiceParts {
  /** Parts that all conversations share. */
  readonly session: SessionParts;
  /** Longest command in bytes. */
  readonly maxLineBytes: number;
  /** The time. */
  readonly clock: Clock;
  /** Hears of connections. */
  readonly log: MetricsLog | undefined;
}

/** Talks with clients in lines. */
export class LineService implements ConnectionService {
  /** The reply to a client beyond the limits. */
  readonly refusal: Uint8Array = TOO_MANY_CLIENTS;
  readonly #parts: LineServiceParts;
  readonly #buffers = new ReadBuffers();
  // With the monotonic milliseconds since which each is silent; not yet known of a new one.
  readonly #clients = new Map<ClientLoop, number>();

  /** Makes a service without clients. */
  constructor(parts: LineServiceParts) {
    this.#parts = parts;
  }

  /** Begins a conversation. */
  serve(connection: Connection, onReleased: () => void): ServedClient {
    const { session: parts, maxLineBytes, log, clock } = this.#parts;
    const session = new Session(parts, connection, new LineDecoder({ maxLineBytes }));
    const name = log?.debug === undefined ? "" : `client ${formatAddress(connection.remote)}`;
    const client = new ClientLoop({
      connection,
      session,
      buffers: this.#buffers,
      clock,
      // A broken connection is the end of that client and nothing else.
      onEnd: (error) => {
        this.#clients.delete(client);
        log?.debug?.(`${name} ${error === undefined ? "finished" : `gone: ${messageOfError(error)}`}`);
        onReleased();
      },
    });
    this.#clients.set(client, 0);
    log?.debug?.(`${name} connected`);
    client.start();
    return client;
  }

  /** Refuses a client beyond the limits. */
  refuse(connection: Connection, onReleased: () => void): ServedClient {
    const { log, clock } = this.#parts;
    log?.debug?.(`client ${formatAddress(connection.remote)} turned away: too many clients`);
    const client = new RefusedClient({ connection, clock, onReleased });
    client.start();
    return client;
  }

  /** The log line about refused clients. */
  overload(count: number): Error {
    return new Error(`limit of connections reached: refused ${count} since the last report`);
  }

  /** Closes the connections that have been silent for too long. Their silence counts from one call to the next. */
  dropIdle(idleTimeoutMs: number): void {
    const nowMs = performance.now();
    for (const [client, silentSinceMs] of this.#clients) {
      if (client.wasActive) this.#clients.set(client, nowMs);
      else if (silentSinceMs < nowMs - idleTimeoutMs) client.close();
      client.wasActive = false;
    }
  }
}
