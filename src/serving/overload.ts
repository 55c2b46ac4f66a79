import { HttpError } from "../http/errors.ts";
import type { BytesSender } from "../http/response/response_writer.ts";
import type { Connection, NetAddress } from "../net/connection.ts";
import { ThrottledNotice } from "../base/throttled_notice.ts";
import type { SharedResources } from "./shared_resources.ts";
import { TimedConnection } from "./timed_connection.ts";

const DOCUMENT = `<!DOCTYPE html>
<html lang="en">
  <head><meta charset="utf-8"><title>503 Service Unavailable</title></head>
  <body><h1>503 Service Unavailable</h1><p>All connections are in use. Please try again in a moment.</p></body>
</html>
`;
const ANSWER = new TextEncoder().encode(
  "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/html; charset=utf-8\r\n" +
    `Content-Length: ${DOCUMENT.length}\r\nConnection: close\r\n\r\n${DOCUMENT}`,
);

// So many refused clients at once are given the time to read why; a flood must not be able to keep more alive.
const MAX_LEAVING = 256;

const NOBODY: BytesSender = { onSent: () => {}, onSendFailed: () => {} };

/** Tells clients beyond the limits of connections to come back later (RFC 9110 §15.6.4). */
export class Overload {
  readonly #shared: SharedResources;
  readonly #notice: ThrottledNotice;
  readonly #leaving = new Set<TimedConnection>();

  /** @param shared the parts of the server whose limits have been reached */
  constructor(shared: SharedResources) {
    this.#shared = shared;
    this.#notice = new ThrottledNotice(shared.settings.clock);
  }

  /** Answers 503 and closes; the log hears of it now and then. */
  refuse(connection: Connection): void {
    this.#tell(this.#notice.count(), connection.remote);
    // TLS would have to be agreed on first, and the client could take its time.
    if (connection.isEncrypted) return connection.close();
    if (this.#leaving.size < MAX_LEAVING) return this.#dismiss(connection);
    // One write into an empty socket buffer, without waiting.
    connection.write(ANSWER).catch(() => {}).finally(() => connection.close());
  }

  /** Waits for nobody any longer. @param address the server's own, for the last word of the log */
  close(address: NetAddress): void {
    this.#tell(this.#notice.finish(), address);
    for (const timed of this.#leaving) timed.close();
  }

  #tell(count: number, address: NetAddress): void {
    if (count === 0) return;
    const message = `Cannot take a connection: limit reached, ${count} refused since the last word`;
    this.#shared.settings.onError(new HttpError(503, message, { code: "overload" }), address);
  }

  // A close in front of the request that is on its way would be a reset, which destroys the answer (RFC 9112 §9.6).
  #dismiss(connection: Connection): void {
    const { settings, deadlines, turns, drainBuffer } = this.#shared;
    const timed = new TimedConnection(connection, settings, deadlines, turns);
    this.#leaving.add(timed);
    timed.transmit(ANSWER, NOBODY);
    timed.linger(drainBuffer).finally(() => {
      this.#leaving.delete(timed);
      timed.close();
    });
  }
}
