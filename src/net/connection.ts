import type { NetAddress } from "./address.ts";
import type { TlsOptions } from "./tls/tls_options.ts";

export type { NetAddress } from "./address.ts";

/** Hears the outcome of {@linkcode RawConnection.receive}. Neither function may throw. */
export interface Receiver {
  /**
   * Bytes have come.
   *
   * @param count the number of bytes at the start of the buffer; null when the peer has finished (FIN)
   */
  onReceived(count: number | null): void;
  /**
   * More bytes than the buffer takes have come, in an array that belongs to the receiver from now on; the
   * buffer is left alone. Without this function, they fill the buffer, and the rest waits for the next read.
   */
  onArrayReceived?(bytes: Uint8Array<ArrayBuffer>): void;
  /** No more bytes come. @param error a ConnectionError */
  onReceiveFailed(error: unknown): void;
}

/** Hears the outcome of {@linkcode RawConnection.transmit}. Neither function may throw. */
export interface Sender {
  /** The runtime has taken all the bytes: they may be overwritten. */
  onSent(): void;
  /** The bytes, or some of them, were not sent. @param error a ConnectionError */
  onSendFailed(error: unknown): void;
}

/**
 * A byte stream in both directions with half-close: the small waist that an adapter implements, the same on
 * every runtime. Everything that fails on the wire fails with a {@linkcode ConnectionError}.
 */
export interface RawConnection {
  /** Our end. */
  readonly local: NetAddress;
  /** The peer's end. */
  readonly remote: NetAddress;
  /** Whether the bytes are protected by TLS on the wire. */
  readonly isEncrypted: boolean;
  /** Bytes given to be sent that the runtime has not taken yet: falls while a slow client reads. */
  readonly bufferedBytes: number;
  /**
   * Reads the bytes that have arrived, waiting for at least one. One call at a time.
   *
   * One buffer is reused, without a promise or a stream controller in between: on Deno 2.9.6 a BYOB reader on
   * `readable` reaches 0.77 of the requests per second. The callback is called later, never during this call.
   *
   * @param buffer filled from its start; must not be empty
   */
  receive(buffer: Uint8Array, receiver: Receiver): void;
  /**
   * Sends bytes after those of earlier calls. They must stay unchanged until the callback, which comes later
   * or, if the runtime takes them at once, during this call.
   */
  transmit(bytes: Uint8Array, sender: Sender): void;
  /** Sends FIN after everything written so far; reading goes on. Never fails. */
  closeWrite(): Promise<void>;
  /**
   * Stops the runtime from reading ahead until the next {@linkcode RawConnection.receive}; missing if it
   * never reads ahead.
   *
   * @returns the number of bytes that it has already read ahead
   */
  holdBack?(): number;
  /** Closes the connection with a RST instead of FIN; missing if the runtime cannot. */
  reset?(): void;
  /**
   * Closes the connection in both directions; a pending read or write fails with `closed`. May be called
   * twice.
   */
  close(): void;
}

/**
 * A connection with promises and Web Streams, made from the waist once for every runtime.
 *
 * `receive`, `read` and `readable` take from the same stream: use one of them. `receive` and `transmit` are
 * the server's path, since a promise counts when a request costs seven microseconds.
 */
export interface Connection extends RawConnection {
  /**
   * The same as {@linkcode RawConnection.receive} with a promise. One at a time.
   *
   * @param buffer filled from its start; must not be empty
   * @returns the number of bytes, or null when the peer has finished sending (FIN)
   * @throws {ConnectionError} `reset` when the peer reset the connection, `closed` after
   *   {@linkcode RawConnection.close}
   */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * The bytes of `read` as a byte stream that takes BYOB readers; ends on FIN, errors on reset, cancelling
   * closes. When both streams have ended, the connection is closed.
   */
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  /**
   * The same as {@linkcode RawConnection.transmit} with a promise; settles when the runtime took all of the
   * bytes.
   *
   * @throws {ConnectionError} when the peer is gone or the connection is closed
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * The same as {@linkcode Connection.write} as a stream; closing it sends FIN, aborting closes the
   * connection.
   */
  readonly writable: WritableStream<Uint8Array>;
}

/** An open port. Iterating accepts connections until {@linkcode Listener.close}. */
export interface Listener<Address extends NetAddress = NetAddress> extends AsyncIterable<Connection> {
  /** The address in use, with the real port. */
  readonly address: Address;
  /** Whether connections speak TLS. */
  readonly isEncrypted: boolean;
  /** Waits for the next connection; null when the listener is closed. */
  accept(): Promise<Connection | null>;
  /**
   * Lets the program end while a listener waits for connections; a listener without it keeps the program
   * running.
   */
  unref?(): void;
  /**
   * Uses other certificates from the next handshake on; running connections live on.
   *
   * @throws {TypeError} when the listener has no TLS
   * @throws {ConnectionError} `bad-certificate`: then the old ones stay
   */
  reload(tls: TlsOptions): void;
  /** Stops accepting; connections that were accepted live on. May be called twice. */
  close(): void;
}

/** The failure on the wire, as a word that programs compare. */
export type ConnectionErrorCode =
  | "reset"
  | "closed"
  | "in-use"
  | "refused"
  | "denied"
  | "not-available"
  | "bad-certificate"
  | "bad-preface"
  | "not-tls"
  | "failed";

/** A failure of the wire or of opening a port. */
export class ConnectionError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "ConnectionError";
  /** The word for programs. */
  readonly code: ConnectionErrorCode;

  /**
   * Makes an error.
   *
   * @param code the word for programs
   * @param message action, colon, state
   * @param options the cause
   */
  constructor(code: ConnectionErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
