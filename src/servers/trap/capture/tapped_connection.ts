import type { Clock } from "../../../base/clock.ts";
import { messageOfError } from "../../../base/error_text.ts";
import { formatAddress } from "../../../net/address.ts";
import {
  type Connection,
  ConnectionError,
  type Listener,
  type NetAddress,
  type Receiver,
  type Sender,
} from "../../../net/connection.ts";
import { StreamConnection } from "../../../net/web_streams.ts";
import type { MicroClock } from "../records/micro_clock.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import { Tape } from "./tape.ts";
import type { ByteSlab } from "../records/byte_slab.ts";
import type { WireBytes } from "../records/wire_bytes.ts";

/** Options of {@linkcode tapListener}. */
export interface TapOptions {
  /** Gives each read its time. */
  readonly now: MicroClock;
  /** Memory for small messages. */
  readonly slab: ByteSlab;
  /** Called once when the server closes a connection, whatever the reason; reads may still be pending. */
  readonly onClose: (connection: TappedConnection) => void;
  /** Called when the server ends a connection: bytes that still arrive belong to the message before. */
  readonly onEnding: (connection: TappedConnection) => void;
  /** Called when the listener is closed: the server stops. */
  readonly onStopping: () => void;
}

/** Makes a listener whose connections keep all bytes that are read from them. */
export function tapListener<Address extends NetAddress>(
  listener: Listener<Address>,
  options: TapOptions,
): Listener<Address> {
  const accept = async (): Promise<Connection | null> => {
    const connection = await listener.accept();
    return connection === null ? null : new TappedConnection(connection, options);
  };
  return {
    address: listener.address,
    isEncrypted: listener.isEncrypted,
    accept,
    reload: (tls) => listener.reload(tls),
    close(): void {
      options.onStopping();
      listener.close();
    },
    async *[Symbol.asyncIterator](): AsyncIterator<Connection> {
      for (let next = await accept(); next !== null; next = await accept()) yield next;
    },
  };
}

/** The last recorded request of a connection. */
export interface LastRequest {
  /** The request. */
  readonly request: StoredRequest;
  /** Its bytes; more may come. */
  readonly wire: WireBytes;
  /** The number of its bytes when its response was sent. */
  readonly answeredBytes: number;
}

// Size of the buffer for reads that only the tape needs.
const DRAIN_BUFFER_BYTES = 16_384;

/** A connection that keeps the bytes that are read from it. */
export class TappedConnection extends StreamConnection implements Receiver {
  readonly local: NetAddress;
  readonly remote: NetAddress;
  readonly isEncrypted: boolean;
  /** Our end, as text. */
  readonly localText: string;
  /** The other end, as text. */
  readonly remoteText: string;
  /** The bytes that have arrived. */
  readonly tape: Tape;
  /** Whether one of its requests is being recorded. */
  isRecording = false;
  /** The last recorded request. */
  last: LastRequest | undefined;
  /** Whether the client has finished sending, or the connection was lost. */
  hasEnded = false;
  /** The reason that the TLS library gave, if the handshake failed. */
  tlsFailure: string | undefined;
  /** Whether the server closed it before the client had ended it. */
  isGivenUp = false;
  readonly #connection: Connection;
  readonly #options: TapOptions;
  #isClosed = false;
  #hasReceived = false;
  // The buffer and the receiver of the pending read.
  #buffer: Uint8Array | undefined;
  #receiver: Receiver | undefined;
  // A read of drain() that outlasted drain(), and the receiver of its bytes.
  #leftRead: { readonly buffer: Uint8Array; readonly count: Promise<number | null> } | undefined;

  constructor(connection: Connection, options: TapOptions) {
    super();
    this.#connection = connection;
    this.#options = options;
    this.tape = new Tape(options.slab);
    this.local = connection.local;
    this.remote = connection.remote;
    this.isEncrypted = connection.isEncrypted;
    this.localText = formatAddress(connection.local);
    this.remoteText = formatAddress(connection.remote);
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    if (this.#leftRead !== undefined) {
      this.#finishLeftRead(buffer, this.#leftRead).then(
        (count) => receiver.onReceived(count),
        (error) => receiver.onReceiveFailed(error),
      );
      return;
    }
    this.tape.absorb();
    this.#buffer = buffer;
    this.#receiver = receiver;
    this.#connection.receive(buffer, this);
  }

  /** Called back by the connection. */
  onReceived(count: number | null): void {
    this.#hasReceived = true;
    if (count === null) this.hasEnded = true;
    else this.tape.record(this.#buffer!, count, this.#options.now());
    this.#receiver!.onReceived(count);
  }

  /** Called back by the connection. */
  onReceiveFailed(error: unknown): void {
    // The handshake is part of the first read.
    const isHandshake = this.isEncrypted && !this.#hasReceived && !this.#isClosed;
    if (isHandshake && !(error instanceof ConnectionError && error.code === "closed")) {
      this.tlsFailure = messageOfCause(error);
    }
    this.hasEnded = true;
    this.#receiver!.onReceiveFailed(error);
  }

  override async read(buffer: Uint8Array): Promise<number | null> {
    const count = await super.read(buffer);
    // A stream takes its buffers away from the code that filled them.
    this.tape.absorb();
    return count;
  }

  /** Hands out the bytes that drain() did not wait for. */
  async #finishLeftRead(
    buffer: Uint8Array,
    left: { readonly buffer: Uint8Array; readonly count: Promise<number | null> },
  ): Promise<number | null> {
    const count = await left.count;
    this.#leftRead = undefined;
    if (count === null) return null;
    // After a refusal, no caller uses the bytes: the tape has all of them, and a buffer that was too small
    // lost nothing.
    buffer.set(left.buffer.subarray(0, Math.min(count, buffer.length)));
    return Math.min(count, buffer.length);
  }

  /** Reads on for the tape alone, until the client ends or nothing comes for a while. Never fails. */
  async drain(clock: Clock, quietMs: number, maxMs: number): Promise<void> {
    const buffer = new Uint8Array(DRAIN_BUFFER_BYTES);
    const endMs = clock.nowMs() + maxMs;
    while (!this.hasEnded && clock.nowMs() < endMs) {
      const count = this.read(buffer);
      // The next read meets the failure.
      count.catch(() => {});
      if (!await settlesWithin(count, clock, quietMs)) {
        this.#leftRead = { buffer, count };
        return;
      }
    }
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    this.#connection.transmit(bytes, sender);
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  holdBack(): number {
    return this.#connection.holdBack?.() ?? 0;
  }

  closeWrite(): Promise<void> {
    this.tape.absorb();
    if (!this.hasEnded) this.#options.onEnding(this);
    return this.#connection.closeWrite();
  }

  /** Resets the connection with a RST, if the runtime can do so. */
  reset(): void {
    if (this.#connection.reset === undefined) return this.close();
    this.#connection.reset();
    this.#end();
  }

  close(): void {
    // Asked beforehand: a pending read fails with the connection.
    if (!this.#isClosed) this.isGivenUp = !this.hasEnded;
    this.#connection.close();
    this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // The server gives its read buffer back.
    this.tape.absorb();
    this.#options.onClose(this);
  }
}

/** The message of an error's cause, or of the error itself. */
function messageOfCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return messageOfError(cause);
}

/** Whether a promise settles, either way, within a time. */
function settlesWithin(promise: Promise<unknown>, clock: Clock, timeMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = clock.every(timeMs, () => {
      stop();
      resolve(false);
    });
    const settle = (): void => {
      stop();
      resolve(true);
    };
    promise.then(settle, settle);
  });
}
