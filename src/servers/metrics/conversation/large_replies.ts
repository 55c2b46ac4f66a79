import { SYSTEM_CLOCK } from "../../../base/clock.ts";
import { createDeferred, type Deferred } from "../../../base/deferred.ts";

// The most bytes in the sockets of a client that does not read before a write waits, on Linux with its
// defaults: up to 4 MiB on our side and the rest on the client's.
const SOCKET_BYTES = 4_194_304;

// A client that has taken nothing for this long is cut if others wait.
const STALL_MS = 1_000;

/** A client that gets a large reply. */
export interface LargeReplyClient {
  /** Closes the connection; the pending write fails. */
  close(): void;
}

/** The right to send a large reply. */
export class LargeReply {
  /** When the pending write began, in monotonic milliseconds; undefined between two writes. */
  writingSinceMs: number | undefined;
  /** The client that gets the reply. */
  readonly client: LargeReplyClient;

  /** Only {@linkcode LargeReplies} makes them. */
  constructor(client: LargeReplyClient) {
    this.client = client;
  }
}

/**
 * Bounds the memory of large replies that clients do not read. The system does not tell how much of a reply
 * lies in the sockets, so each counts as much as they can hold. If the budget is used up, the next client
 * waits until another has finished, or was cut because it reads nothing.
 */
export class LargeReplies {
  readonly #maxReplies: number;
  readonly #now: () => number;
  readonly #sent = new Set<LargeReply>();
  readonly #waiting: { readonly client: LargeReplyClient; readonly admitted: Deferred<LargeReply> }[] = [];
  #stopTimer: (() => void) | undefined;

  /**
   * Makes a bound.
   *
   * @param maxBytes the most bytes that unread replies may hold in all
   * @param now monotonic milliseconds
   */
  constructor(maxBytes: number, now: () => number = () => performance.now()) {
    this.#maxReplies = Math.max(1, Math.floor(maxBytes / SOCKET_BYTES));
    this.#now = now;
  }

  /** Admits a large reply; undefined if it has to wait. {@linkcode LargeReplies.release} must follow. */
  tryAdmit(client: LargeReplyClient): LargeReply | undefined {
    return this.#sent.size < this.#maxReplies ? this.#begin(client) : undefined;
  }

  /** Counts replies that are written from now on without waiting; release must follow. */
  count(client: LargeReplyClient): LargeReply {
    const reply = this.#begin(client);
    reply.writingSinceMs = this.#now();
    this.#watch();
    return reply;
  }

  /** Waits until a large reply may be sent; release must follow. */
  async admit(client: LargeReplyClient): Promise<LargeReply> {
    const now = this.tryAdmit(client);
    if (now !== undefined) return now;
    const admitted = createDeferred<LargeReply>();
    this.#waiting.push({ client, admitted });
    this.#watch();
    return await admitted.promise;
  }

  /** The reply was sent, or its client is gone. */
  release(reply: LargeReply): void {
    if (!this.#sent.delete(reply)) return;
    if (this.#sent.size < this.#maxReplies) {
      const next = this.#waiting.shift();
      if (next !== undefined) next.admitted.resolve(this.#begin(next.client));
    }
    if (this.#missing > 0) return;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #begin(client: LargeReplyClient): LargeReply {
    const reply = new LargeReply(client);
    this.#sent.add(reply);
    return reply;
  }

  // The number of replies that must end until none waits and the budget covers the rest.
  get #missing(): number {
    return this.#waiting.length + Math.max(0, this.#sent.size - this.#maxReplies);
  }

  // Cuts stalled clients, the longest first, and no more than must end.
  #cutStalled(): void {
    this.#stopTimer = undefined;
    const latestMs = this.#now() - STALL_MS;
    const stalled = [...this.#sent].filter(({ writingSinceMs = Infinity }) => writingSinceMs <= latestMs);
    stalled.sort((a, b) => a.writingSinceMs! - b.writingSinceMs!);
    for (const { client } of stalled.slice(0, this.#missing)) client.close();
    this.#watch();
  }

  #watch(): void {
    if (this.#missing === 0) return;
    this.#stopTimer ??= SYSTEM_CLOCK.after(STALL_MS / 4, () => this.#cutStalled());
  }
}
