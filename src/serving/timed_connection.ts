import type { Deadlined, Deadlines } from "./deadlines.ts";
import type { FairQueue } from "./fair_queue.ts";
import { HttpError } from "../http/errors.ts";
import type { BytesReceiver, ReadPhase } from "../http/request/request_source.ts";
import type { BytesSender, ResponseSink } from "../http/response/response_writer.ts";
import { type Connection, ConnectionError } from "../net/connection.ts";
import type { ServeSettings } from "./serve_options.ts";

// Time for the last answer to get through when the server stops: more than a round trip around the world.
const HURRIED_LINGER_MS = 250;
// What a connection may read of heads and content, and write, before others get their turn.
const BYTES_IN_A_TURN = 65_536;

/**
 * A connection whose every wait has an end.
 *
 * An idle one is closed. A head or content that comes too slowly fails with 408, while the runtime's read stays under
 * way; a client that takes no bytes is cut off.
 */
export class TimedConnection implements Deadlined, ResponseSink, BytesReceiver {
  /** Whether nothing of a request has arrived since the last answer. */
  isIdle = true;
  /** Called when the connection is closed because a time is up. */
  onGivenUp: () => void = () => {};

  readonly #connection: Connection;
  readonly #settings: ServeSettings;
  readonly #deadlines: Deadlines;
  readonly #turns: FairQueue;
  // Two deadlines: an answer may be sent while content still comes.
  #readDeadlineMs = Infinity;
  #writeDeadlineMs = Infinity;
  // What was left to write when it was last looked at.
  #seenBufferedBytes = Infinity;
  // Who waits for a head or content, or reads ahead; the runtime's read goes on when its deadline has ended the wait.
  #receiver: BytesReceiver | undefined;
  #isReceiving = false;
  // Infinity until something of a head has arrived.
  #headDeadlineMs = Infinity;
  // When the wait for content began; undefined for a head.
  #bodyStartMs: number | undefined;
  #bodyWaitMs = 0;
  #bodyBytes = 0;
  #bytesInTurn = 0;
  #isLeaving = false;
  #isLingering = false;
  // When the linger ends whatever the client does; Infinity until it begins.
  #lingerEndMs = Infinity;
  #isHurried = false;

  constructor(connection: Connection, settings: ServeSettings, deadlines: Deadlines, turns: FairQueue) {
    this.#connection = connection;
    this.#settings = settings;
    this.#deadlines = deadlines;
    this.#turns = turns;
    deadlines.add(this);
  }

  get deadlineMs(): number {
    return Math.min(this.#readDeadlineMs, this.#writeDeadlineMs);
  }

  /**
   * Reads, with the deadline that goes with what is waited for; calls back later.
   *
   * It fails with HttpError 408 when a head or content does not come in time, and with ConnectionError `closed` once the
   * connection is being ended.
   */
  receive(buffer: Uint8Array, receiver: BytesReceiver, phase: ReadPhase): void {
    if (this.#isLingering) {
      const error = new ConnectionError("closed", "Cannot read: the request has been answered");
      return queueMicrotask(() => receiver.onReceiveFailed(error));
    }
    switch (phase) {
      case "request":
        // Nothing is done when it settles: this is the wait of every request one at a time.
        this.beginIdle();
        return this.#connection.receive(buffer, receiver);
      case "ahead":
        return this.#receiveUntil(Infinity, buffer, receiver);
      case "head":
        this.beginHead();
        return this.#receiveUntil(this.#headDeadlineMs, buffer, receiver);
      case "body":
        this.#bodyStartMs = this.#deadlines.nowMs;
        return this.#receiveUntil(this.#bodyStartMs + this.#settings.bodyTimeoutMs, buffer, receiver);
    }
  }

  /** Says that from now on the next request is waited for. */
  beginIdle(): void {
    this.isIdle = true;
    // An empty line in pieces was no head.
    this.#headDeadlineMs = Infinity;
    this.#readDeadlineMs = this.#deadlines.nowMs + this.#settings.idleTimeoutMs;
  }

  /** Says that from now on the rest of a head is waited for. */
  beginHead(): void {
    this.isIdle = false;
    if (this.#headDeadlineMs === Infinity) {
      this.#headDeadlineMs = this.#deadlines.nowMs + this.#settings.headTimeoutMs;
    }
    this.#readDeadlineMs = this.#headDeadlineMs;
  }

  /** Says that the client has finished sending: an answer that pauses for longer than an idle client may is given up. */
  beginLeaving(): void {
    this.#isLeaving = true;
    this.#readDeadlineMs = this.#deadlines.nowMs + this.#settings.idleTimeoutMs;
  }

  /** Says that a request's head is complete: its handler has all the time it wants. */
  beginRequest(): void {
    this.isIdle = false;
    this.#readDeadlineMs = Infinity;
    this.#headDeadlineMs = Infinity;
    this.#bodyWaitMs = 0;
    this.#bodyBytes = 0;
  }

  #receiveUntil(deadlineMs: number, buffer: Uint8Array, receiver: BytesReceiver): void {
    this.#readDeadlineMs = deadlineMs;
    this.#receiver = receiver;
    this.#isReceiving = true;
    this.#connection.receive(buffer, this);
  }

  /** Called back by the connection. */
  onReceived(count: number | null): void {
    // They came in time, however long it takes until it is their turn.
    this.#readDeadlineMs = Infinity;
    if (this.#isBodyTooSlow(count)) this.#endWait()?.onReceiveFailed(timeout("content comes too slowly"));
    else if (this.#hasHadItsTurn(count ?? 0)) this.#turns.take(() => this.#endWait()?.onReceived(count));
    else this.#endWait()?.onReceived(count);
  }

  /** Called back by the connection. */
  onReceiveFailed(error: unknown): void {
    this.#endWait()?.onReceiveFailed(error);
  }

  #endWait(): BytesReceiver | undefined {
    const receiver = this.#receiver;
    this.#readDeadlineMs = Infinity;
    this.#receiver = undefined;
    this.#isReceiving = false;
    return receiver;
  }

  #isBodyTooSlow(count: number | null): boolean {
    if (this.#bodyStartMs === undefined) return false;
    const { bodyTimeoutMs, minBodyBytesPerSecond } = this.#settings;
    this.#bodyWaitMs += this.#deadlines.nowMs - this.#bodyStartMs;
    this.#bodyStartMs = undefined;
    this.#bodyBytes += count ?? 0;
    return count !== null && this.#bodyWaitMs > bodyTimeoutMs &&
      this.#bodyBytes * 1000 < minBodyBytesPerSecond * this.#bodyWaitMs;
  }

  transmit(bytes: Uint8Array, sender: BytesSender): void {
    if (this.#isLeaving) this.beginLeaving();
    this.#writeDeadlineMs = this.#deadlines.nowMs + this.#settings.writeTimeoutMs;
    this.#connection.transmit(bytes, this.#hasHadItsTurn(bytes.length) ? this.#inTurn(sender) : sender);
    this.#seenBufferedBytes = this.#connection.bufferedBytes;
  }

  #hasHadItsTurn(moreBytes: number): boolean {
    this.#bytesInTurn += moreBytes;
    if (this.#bytesInTurn < BYTES_IN_A_TURN) return false;
    this.#bytesInTurn = 0;
    return true;
  }

  #inTurn(sender: BytesSender): BytesSender {
    return {
      onSent: () => this.#turns.take(() => sender.onSent()),
      onSendFailed: (error) => sender.onSendFailed(error),
    };
  }

  onDeadline(): void {
    const { nowMs } = this.#deadlines;
    if (this.#writeDeadlineMs <= nowMs && !this.#extendWrite()) return this.#giveUp();
    if (this.#readDeadlineMs > nowMs) return;
    const receiver = this.#receiver;
    if (receiver !== undefined && !this.#isLingering && !this.isIdle) {
      this.#readDeadlineMs = Infinity;
      this.#receiver = undefined;
      receiver.onReceiveFailed(timeout("bytes did not come in time"));
    } else if (this.isWriting) {
      // Who still takes an answer is not idle; whether it is taken fast enough, the write's deadline tells.
      const { idleTimeoutMs, lingerTimeoutMs } = this.#settings;
      this.#readDeadlineMs = nowMs + (this.#isLingering ? lingerTimeoutMs : idleTimeoutMs);
    } else {
      this.#giveUp();
    }
  }

  #giveUp(): void {
    this.#readDeadlineMs = Infinity;
    this.#writeDeadlineMs = Infinity;
    this.#connection.close();
    this.onGivenUp();
  }

  /** A write that has ended needs no deadline any more; one that moves on gets another. @returns false when stalled */
  #extendWrite(): boolean {
    const { bufferedBytes } = this.#connection;
    const isStalled = bufferedBytes > 0 && bufferedBytes >= this.#seenBufferedBytes;
    this.#seenBufferedBytes = bufferedBytes;
    this.#writeDeadlineMs = bufferedBytes > 0
      ? this.#deadlines.nowMs + this.#settings.writeTimeoutMs
      : Infinity;
    return !isStalled;
  }

  /** Whether the client has not taken all that was sent. */
  get isWriting(): boolean {
    return this.#connection.bufferedBytes > 0;
  }

  /** Sends FIN behind what was sent; settles when the client has taken it, or has not in time. Never fails. */
  finishWriting(): Promise<void> {
    return this.#connection.closeWrite();
  }

  /** Whether a read of a head or content is under way, even one that nobody waits for any more. */
  get isReading(): boolean {
    return this.#isReceiving;
  }

  /**
   * Ends the connection so that the last answer reaches a client that is still sending (RFC 9112 §9.6): FIN, then
   * reading until the client ends too, is silent, sends too slowly, or has sent too much for too long. Never fails.
   *
   * @param buffer takes what nobody looks at: all connections may share one
   */
  async linger(buffer: Uint8Array): Promise<void> {
    const { lingerTimeoutMs, maxLingerMs, maxLingerBytes, minBodyBytesPerSecond } = this.#settings;
    // From here on a deadline ends the connection, also under a read that a handler has left behind.
    this.#isLingering = true;
    this.#bodyStartMs = undefined;
    try {
      this.#readDeadlineMs = this.#deadlines.nowMs + lingerTimeoutMs;
      await this.#connection.closeWrite();
      const startMs = this.#deadlines.nowMs;
      this.#lingerEndMs = startMs + (this.#isHurried ? HURRIED_LINGER_MS : maxLingerMs);
      for (let drained = 0; drained <= maxLingerBytes;) {
        this.#readDeadlineMs = Math.min(this.#lingerEndMs, this.#deadlines.nowMs + lingerTimeoutMs);
        const count = await this.#receiveLate(buffer);
        if (count === null) return;
        drained += count;
        const spentMs = this.#deadlines.nowMs - startMs;
        if (spentMs > lingerTimeoutMs && drained * 1000 < minBodyBytesPerSecond * spentMs) return;
      }
    } catch {
      // The client is gone, or its time is up: both end the connection.
    }
  }

  /** Says that the server stops: a linger, also one that begins later, ends soon. */
  hurry(): void {
    this.#isHurried = true;
    if (this.#lingerEndMs === Infinity) return;
    this.#lingerEndMs = this.#deadlines.nowMs + HURRIED_LINGER_MS;
    this.#readDeadlineMs = Math.min(this.#readDeadlineMs, this.#lingerEndMs);
  }

  /** Takes over a read that is under way, or begins one. */
  #receiveLate(buffer: Uint8Array): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.#receiver?.onReceiveFailed(
        new ConnectionError("closed", "Cannot read: the request has been answered"),
      );
      this.#receiver = { onReceived: resolve, onReceiveFailed: reject };
      if (!this.#isReceiving) this.#connection.receive(buffer, this);
      this.#isReceiving = true;
    });
  }

  /** Gives the connection up. May be called twice. */
  close(): void {
    this.#deadlines.delete(this);
    this.#connection.close();
  }
}

function timeout(state: string): HttpError {
  return new HttpError(408, `Cannot read the request: ${state}`, { code: "timeout" });
}
