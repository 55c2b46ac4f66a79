// A Connection on a socket that calls back: what node.ts and bun.ts have in common.

import { type Connection, ConnectionError, type NetAddress } from "./connection.ts";
import { createReadable, createWritable } from "./streams.ts";

/** A runtime's socket, as far as a connection drives it. */
export interface DrivenSocket {
  /** The bytes stay on the way until {@linkcode DrivenSocket.resume}; what has been read already may still come. */
  pause(): void;
  /** Lets bytes come again. */
  resume(): void;
  /**
   * Sends bytes.
   *
   * @returns how many the runtime took at once; where not all, {@linkcode SocketConnection.onTaken} tells when it takes more
   */
  send(bytes: Uint8Array): number;
  /** Sends FIN. @returns where it settles later, when that is done, well or badly */
  finish(): Promise<void> | void;
  /** Gives the socket up. */
  destroy(): void;
}

interface QueuedWrite {
  bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: ConnectionError) => void;
}

/** Where a socket is and how it speaks. */
export interface SocketFacts {
  /** Our end. */
  readonly local: NetAddress;
  /** The peer's end. */
  readonly remote: NetAddress;
  /** Whether it speaks TLS. */
  readonly isEncrypted: boolean;
}

// A write that was taken at once has nothing to wait for.
const TAKEN = Promise.resolve();

/** Turns what a socket calls back into reads and writes. The socket is paused while nobody reads. */
export class SocketConnection implements Connection {
  readonly local: NetAddress;
  readonly remote: NetAddress;
  readonly isEncrypted: boolean;
  bufferedBytes = 0;
  readonly #socket: DrivenSocket;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;
  // What came and was not read: more than one piece only where the runtime pauses late.
  readonly #arrived: Uint8Array[] = [];
  #isPaused = false;
  #hasEnded = false;
  #failure: ConnectionError | undefined;
  #buffer: Uint8Array | undefined;
  #resolveRead: (count: number | null) => void = () => {};
  #rejectRead: (error: ConnectionError) => void = () => {};
  readonly #writes: QueuedWrite[] = [];
  #lastWrite: Promise<void> = TAKEN;
  #finished: Promise<void> | undefined;
  // Made once: every request one at a time waits once.
  readonly #waitForRead = (
    resolve: (count: number | null) => void,
    reject: (error: ConnectionError) => void,
  ): void => {
    this.#resolveRead = resolve;
    this.#rejectRead = reject;
  };

  /** Makes the connection; from now on the socket's callbacks are for the methods whose names begin with `on`. */
  constructor(socket: DrivenSocket, { local, remote, isEncrypted }: SocketFacts) {
    this.#socket = socket;
    this.local = local;
    this.remote = remote;
    this.isEncrypted = isEncrypted;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#takeArrived(buffer));
    if (this.#hasEnded) return Promise.resolve(null);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#buffer = buffer;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    return new Promise(this.#waitForRead);
  }

  #takeArrived(buffer: Uint8Array): number {
    const [bytes] = this.#arrived as [Uint8Array];
    if (bytes.length <= buffer.length) {
      this.#arrived.shift();
      buffer.set(bytes);
      return bytes.length;
    }
    buffer.set(bytes.subarray(0, buffer.length));
    this.#arrived[0] = bytes.subarray(buffer.length);
    return buffer.length;
  }

  /** Bytes came. What nobody waits for is copied: the runtime may use them again. */
  onData(bytes: Uint8Array): void {
    const buffer = this.#buffer;
    if (buffer !== undefined && bytes.length <= buffer.length) {
      this.#buffer = undefined;
      buffer.set(bytes);
      this.#resolveRead(bytes.length);
      return;
    }
    if (this.#failure !== undefined) return;
    const room = buffer?.length ?? 0;
    this.#arrived.push(bytes.slice(room));
    if (!this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    }
    if (buffer === undefined) return;
    this.#buffer = undefined;
    buffer.set(bytes.subarray(0, room));
    this.#resolveRead(room);
  }

  /** The peer has finished sending. */
  onEnd(): void {
    if (this.#failure !== undefined) return;
    this.#hasEnded = true;
    if (this.#buffer === undefined) return;
    this.#buffer = undefined;
    this.#resolveRead(null);
  }

  /** The socket is lost. The first reason counts. */
  onFailure(error: ConnectionError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (this.#buffer !== undefined) {
      this.#buffer = undefined;
      this.#rejectRead(error);
    }
    for (const { reject } of this.#writes.splice(0)) reject(error);
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#finished !== undefined) {
      return Promise.reject(new ConnectionError("closed", "Cannot write to the connection: FIN was sent"));
    }
    let sent = 0;
    if (this.#writes.length === 0 && this.#failure === undefined) {
      sent = bytes.length === 0 ? 0 : this.#socket.send(bytes);
      if (sent === bytes.length) return TAKEN;
    }
    // Also where sending has just found out about it.
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.bufferedBytes += bytes.length - sent;
    this.#lastWrite = new Promise((resolve, reject) => {
      this.#writes.push({ bytes: bytes.subarray(sent), resolve, reject });
    });
    return this.#lastWrite;
  }

  /** The runtime takes bytes again. @param count how many it took of those that it did not take at once */
  onTaken(count: number): void {
    const [first] = this.#writes;
    if (first !== undefined) this.#advance(first, count);
    for (let write = first; write !== undefined; [write] = this.#writes) {
      if (write.bytes.length > 0) this.#advance(write, this.#socket.send(write.bytes));
      if (write.bytes.length > 0) return;
      this.#writes.shift();
      write.resolve();
    }
  }

  #advance(write: QueuedWrite, count: number): void {
    this.bufferedBytes -= count;
    write.bytes = write.bytes.subarray(count);
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= createReadable(this);
  }

  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= createWritable(this);
  }

  closeWrite(): Promise<void> {
    return this.#finished ??= this.#finish();
  }

  async #finish(): Promise<void> {
    try {
      await this.#lastWrite;
    } catch {
      return;
    }
    if (this.#failure === undefined) await this.#socket.finish();
  }

  close(): void {
    this.#arrived.length = 0;
    this.#hasEnded = false;
    this.onFailure(new ConnectionError("closed", "Cannot use the connection: it is closed"));
    this.#socket.destroy();
  }
}
