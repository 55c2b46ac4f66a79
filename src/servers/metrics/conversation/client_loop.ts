// Reads the bytes of one client; the size of the buffer follows the traffic. While a reply is pending, the loop reads
// nothing, or one buffer after a full one. So it soon stops reading a client that does not read its replies.

import type { Clock } from "../../../base/clock.ts";
import type { ServedClient } from "../../../serving/connection_server.ts";
import type { Connection, Receiver, Sender } from "../../../net/connection.ts";
import { inNextTurn } from "../../../base/event_loop.ts";
import type { Session } from "./session.ts";
import type { ReceivedBytes } from "./session_parts.ts";

// Bytes of a read buffer: the next size after a full read, the one before after a read that would have fitted
// into it. The smallest makes 10,000 idle clients cost 5 MB. Sizes matter with a database, because each read
// waits for a commit: 256 KiB reach 1.4 million puts/s and 64 KiB reach 0.7 (Deno 2.9.6).
const READ_BYTES: readonly number[] = [256, 4_096, 16_384, 65_536, 262_144];

// Commands that have arrived before the server stops, but were not read yet, get replies within this time.
const LAST_COMMANDS_MS = 50;

// Bytes that a stopped client may still send: enough for those on their way, but not for an endless stream.
const MAX_DROPPED_BYTES = 16_777_216;

const MAX_SPARE_BUFFERS = 32;

/** Read buffers for the clients that are busy just now. */
export class ReadBuffers {
  readonly #spare: Uint8Array<ArrayBuffer>[][] = READ_BYTES.map(() => []);

  /** A buffer of one of the sizes, with any content; it belongs to the taker until it is given back. */
  take(size: number): Uint8Array<ArrayBuffer> {
    return this.#spare[size]!.pop() ?? new Uint8Array(READ_BYTES[size]!);
  }

  /** Takes a buffer back. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    const spare = this.#spare[READ_BYTES.indexOf(buffer.length)]!;
    if (spare.length < MAX_SPARE_BUFFERS) spare.push(buffer);
  }
}

/** The part of a connection that the loop needs. */
export type ClientConnection = Pick<Connection, "receive" | "closeWrite" | "close">;

/** Parts of a loop. */
export interface ClientParts {
  /** Belongs to the loop from now on. */
  readonly connection: ClientConnection;
  /** Replies to the commands read. */
  readonly session: Session;
  /** Shared by all clients. */
  readonly buffers: ReadBuffers;
  /** The time. */
  readonly clock: Pick<Clock, "after">;
  /**
   * The connection was closed.
   *
   * @param error the reason, unless the client or we have finished in good order
   */
  readonly onEnd: (error?: unknown) => void;
}

/** Reads from one client until it has finished, and stops in between when asked to. An idle client waits on no promise. */
export class ClientLoop implements Receiver, Sender, ServedClient {
  /** Whether bytes were read or written since this was last set to false. Clock readings would take 5 % of a put. */
  wasActive = true;
  readonly #parts: ClientParts;
  #size = 0;
  #buffer: Uint8Array<ArrayBuffer>;
  #isSameRead = false;
  // The bytes that the session replies to; undefined if there are none.
  #read: (ReceivedBytes & { readonly bytes: Uint8Array<ArrayBuffer> }) | undefined;
  #isReadingAhead = false;
  // The result of reading ahead, for the time after the reply; undefined if there is none.
  #ahead: (() => void) | undefined;
  #isIdle = false;
  #isStopping = false;
  #isDropping = false;
  #droppedBytes = 0;
  #stopTimer: (() => void) | undefined;
  #hasEnded = false;

  /** Makes a loop; {@linkcode ClientLoop.start} starts it. */
  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#buffer = parts.buffers.take(0);
  }

  /** Begins to read and to reply. */
  start(): void {
    this.#isIdle = true;
    this.#receive();
  }

  /** Ends the conversation after the pending replies; a silent client has a moment for its last commands. */
  stop(): void {
    this.#isStopping = true;
    this.#stopTimer ??= this.#parts.clock.after(LAST_COMMANDS_MS, () => {
      if (this.#isIdle) this.close();
    });
  }

  /** Closes the connection, whatever is pending. */
  close(): void {
    this.#parts.connection.close();
  }

  /** Ends, whatever is pending. */
  abandon(): void {
    this.close();
    this.#end();
  }

  /** Bytes have come. They get their replies before more is read, except one buffer after a full one. */
  onReceived(count: number | null): void {
    if (this.#isReadingAhead) {
      this.#ahead = () => this.onReceived(count);
      return;
    }
    this.#isIdle = false;
    if (count !== null && !this.#isDropping) this.#answer(count);
    else if (count !== null) this.#drop(count);
    else if (this.#isDropping) this.#end();
    else void this.#parts.connection.closeWrite().then(() => this.#end());
  }

  /** The client is gone, or we have closed. */
  onReceiveFailed(error: unknown): void {
    if (this.#isReadingAhead) this.#ahead = () => this.#end(error);
    else this.#end(error);
  }

  #drop(count: number): void {
    this.#droppedBytes += count;
    if (this.#droppedBytes > MAX_DROPPED_BYTES) this.#end();
    else this.#receive();
  }

  #receive(): void {
    this.#parts.connection.receive(this.#buffer, this);
  }

  #answer(count: number): void {
    this.wasActive = true;
    this.#read = { bytes: this.#buffer, count, isContinued: this.#isSameRead };
    if (count === this.#buffer.length) return void this.#readAhead().then(() => this.#reply());
    this.#isSameRead = false;
    this.#reply();
  }

  #reply(): void {
    this.#parts.session.answer(this.#read!, this);
  }

  /** The client has taken the replies to the last read. */
  onSent(): void {
    const { bytes, count, isContinued } = this.#read!;
    // A silent client must not keep a large buffer.
    this.#read = undefined;
    this.wasActive = true;
    if (this.#buffer !== bytes) this.#parts.buffers.give(bytes);
    // The rest of a batch says nothing about its length.
    else if (!isContinued && this.#size > 0 && count < READ_BYTES[this.#size - 1]!) this.#shrinkBuffer();
    if (this.#isStopping) return void this.#dropRest();
    this.#isIdle = true;
    this.#readOn();
  }

  /** The client is gone. */
  onSendFailed(error: unknown): void {
    this.#end(error);
  }

  // If more bytes were already there, only our buffer has cut a full read. Bytes that are there before any
  // reply leaves cannot be a reaction to a reply. Bytes that wait in the system have come within two turns
  // (Deno 2.9.6).
  async #readAhead(): Promise<void> {
    this.#size = Math.min(this.#size + 1, READ_BYTES.length - 1);
    this.#buffer = this.#parts.buffers.take(this.#size);
    this.#isReadingAhead = true;
    this.#receive();
    await new Promise<void>((resolve) => inNextTurn(() => inNextTurn(resolve)));
    this.#isSameRead = this.#ahead !== undefined;
  }

  #shrinkBuffer(): void {
    this.#parts.buffers.give(this.#buffer);
    this.#size--;
    this.#buffer = this.#parts.buffers.take(this.#size);
  }

  #readOn(): void {
    if (!this.#isReadingAhead) return this.#receive();
    this.#isReadingAhead = false;
    const takeUp = this.#ahead;
    this.#ahead = undefined;
    takeUp?.();
  }

  // Closing with unread bytes would reset the connection and could destroy the last replies (RFC 9293,
  // 3.10.4), so the bytes of a stopped client are read and dropped until it sees the end.
  async #dropRest(): Promise<void> {
    await this.#parts.connection.closeWrite();
    this.#isDropping = true;
    this.#readOn();
  }

  #end(error?: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopTimer?.();
    // A pending read may write into its buffer.
    if (!this.#isReadingAhead) this.#parts.buffers.give(this.#buffer);
    this.#parts.connection.close();
    this.#parts.onEnd(error);
  }
}
