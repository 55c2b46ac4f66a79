// Makes a Connection from a pair of Web Streams, for a browser, a worker at the edge or a test without
// sockets.

import { ownMessageOf } from "../base/error_text.ts";
import { type NetAddress, unixAddress } from "./address.ts";
import { type Connection, ConnectionError, type Receiver, type Sender } from "./connection.ts";
import { SendQueue } from "./send_queue.ts";
import { StreamConnection } from "./web_streams.ts";

/** Both directions of a byte stream, as `Deno.Conn` and Cloudflare's sockets have them. */
export interface WebStreams {
  /** The bytes from the peer. */
  readonly readable: ReadableStream<Uint8Array>;
  /** The bytes to the peer. */
  readonly writable: WritableStream<Uint8Array>;
}

/** Facts that the streams do not have. */
export interface WebStreamsOptions {
  /** Our end; default one without a name, as a socket between two processes has it. */
  readonly local?: NetAddress | undefined;
  /** The peer's end; default likewise. */
  readonly remote?: NetAddress | undefined;
  /** Whether the bytes are protected by TLS on the wire; default false. */
  readonly isEncrypted?: boolean | undefined;
}

/**
 * Makes a connection from two streams, and locks both.
 *
 * Bytes are copied when they are written, because a stream may keep its chunks, and the server reuses its
 * buffers.
 */
export function fromWebStreams(streams: WebStreams, options: WebStreamsOptions = {}): Connection {
  return new WebStreamsConnection(streams, options);
}

// The size of one write: small enough to see the progress of a slow peer, and to keep the copies small.
const MAX_WRITE_BYTES = 65_536;

class WebStreamsConnection extends StreamConnection {
  readonly local: NetAddress;
  readonly remote: NetAddress;
  readonly isEncrypted: boolean;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #sending: SendQueue;
  // The rest of a piece that was larger than the buffer.
  #rest: Uint8Array | undefined;
  #failure: ConnectionError | undefined;
  #finished: Promise<void> | undefined;

  constructor({ readable, writable }: WebStreams, { local, remote, isEncrypted = false }: WebStreamsOptions) {
    super();
    this.local = local ?? unixAddress("");
    this.remote = remote ?? unixAddress("");
    this.isEncrypted = isEncrypted;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    // Pending reads and writes that must hear of a failure.
    this.#reader.closed.catch(() => {});
    this.#writer.closed.catch(() => {});
    this.#sending = new SendQueue((bytes) => void this.#begin(bytes));
  }

  get bufferedBytes(): number {
    return this.#sending.bufferedBytes;
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    this.#read(buffer).then(
      (count) => receiver.onReceived(count),
      (error) => receiver.onReceiveFailed(error),
    );
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    while (this.#failure === undefined) {
      const bytes = this.#rest ?? await this.#nextPiece();
      if (bytes === null) break;
      const count = Math.min(bytes.length, buffer.length);
      buffer.set(bytes.subarray(0, count));
      this.#rest = count < bytes.length ? bytes.subarray(count) : undefined;
      if (count > 0) return count;
    }
    if (this.#failure !== undefined) throw this.#failure;
    return null;
  }

  async #nextPiece(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#reader.read();
      return done ? null : value;
    } catch (cause) {
      throw this.#failure ?? toConnectionError("Cannot read from the connection", cause);
    }
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    this.#sending.transmit(bytes, sender);
  }

  async #begin(bytes: Uint8Array): Promise<void> {
    const piece = bytes.slice(0, MAX_WRITE_BYTES);
    try {
      await this.#writer.write(piece);
    } catch (cause) {
      return this.#sending.fail(this.#failure ?? toConnectionError("Cannot write to the connection", cause));
    }
    this.#sending.advance(piece.length);
  }

  closeWrite(): Promise<void> {
    return this.#finished ??= this.#finish();
  }

  async #finish(): Promise<void> {
    await this.#sending.drain();
    this.#sending.fail(new ConnectionError("closed", "Cannot write to the connection: FIN was sent"));
    // The peer or we have closed already: there is nothing left to end.
    await this.#writer.close().catch(() => {});
  }

  close(): void {
    if (this.#failure !== undefined) return;
    const closed = new ConnectionError("closed", "Cannot use the connection: it is closed");
    this.#failure = closed;
    this.#rest = undefined;
    const isSending = this.#sending.bufferedBytes > 0;
    this.#sending.fail(closed);
    // As with sockets: bytes already taken still arrive; if some were not, the peer's side ends with an
    // error.
    (isSending ? this.#writer.abort(closed) : this.#writer.close()).catch(() => {});
    this.#reader.cancel(closed).catch(() => {});
  }
}

function toConnectionError(action: string, cause: unknown): ConnectionError {
  const state = ownMessageOf(cause);
  return new ConnectionError("reset", `${action}: ${state}`, { cause });
}
