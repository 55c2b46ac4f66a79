// A Connection on a socket that calls back: the common part of node.ts and bun.ts.

import { afterHandingOut } from "../base/event_loop.ts";
import { type Arrival, BORROWED, OWN } from "./arrival.ts";
import { ConnectionError, type NetAddress, type Receiver, type Sender } from "./connection.ts";
import { StreamConnection } from "./web_streams.ts";

/** A runtime's socket, as far as a connection drives it. */
export interface DrivenSocket {
  /** Holds the bytes back until {@linkcode DrivenSocket.resume}. Bytes already read may still come. */
  pause(): void;
  /** Lets bytes come again. */
  resume(): void;
  /**
   * Sends bytes.
   *
   * @returns the number of bytes that the runtime took at once; {@linkcode SocketConnection.onTaken} reports
   *   later ones
   */
  send(bytes: Uint8Array): number;
  /** Sends FIN. @returns a promise if it is done later, well or badly */
  finish(): Promise<void> | void;
  /** Closes the socket. */
  destroy(): void;
  /** Closes the socket with a RST. */
  reset(): void;
}

interface QueuedWrite {
  bytes: Uint8Array;
  readonly sender: Sender;
}

/** The two ends of a socket, and whether it is encrypted. */
export interface SocketFacts {
  /** Our end. */
  readonly local: NetAddress;
  /** The peer's end. */
  readonly remote: NetAddress;
  /** Whether it speaks TLS. */
  readonly isEncrypted: boolean;
}

// This many bytes may arrive before a read; then the socket is paused. One read of Node brings as many.
// Pausing at once costs two calls for each pipelined request.
const MAX_UNREAD_BYTES = 65_536;
const MAX_UNREAD_PIECES = 16;
// This much is handed out at once: an upload of 1 MiB takes a fifth less than with 64 KiB (Node 20.20).
const MAX_GATHERED_BYTES = 262_144;

/** Makes reads and writes from a socket's callbacks. The socket is paused while no read waits. */
export class SocketConnection extends StreamConnection {
  readonly local: NetAddress;
  readonly remote: NetAddress;
  readonly isEncrypted: boolean;
  bufferedBytes = 0;
  readonly #socket: DrivenSocket;
  // Bytes that came and were not read, in arrays of ours.
  readonly #arrived: Uint8Array<ArrayBuffer>[] = [];
  #arrivedBytes = 0;
  #isPaused = false;
  #hasEnded = false;
  #failure: ConnectionError | undefined;
  #receiveFailure: ConnectionError | undefined;
  // The room for the read that waits, after the bytes gathered in it.
  #buffer: Uint8Array | undefined;
  #gathered = 0;
  #isHandingOut = false;
  #receiver: Receiver | undefined;
  readonly #writes: QueuedWrite[] = [];
  readonly #onDrained: (() => void)[] = [];
  #finished: Promise<void> | undefined;

  /** Makes the connection; from now on the socket's callbacks must call the methods that begin with `on`. */
  constructor(socket: DrivenSocket, { local, remote, isEncrypted }: SocketFacts) {
    super();
    this.#socket = socket;
    this.local = local;
    this.remote = remote;
    this.isEncrypted = isEncrypted;
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    if (this.#arrived.length > 0) return queueMicrotask(this.#takeArrived(buffer, receiver));
    if (this.#hasEnded) return queueMicrotask(() => receiver.onReceived(null));
    const failure = this.#failure ?? this.#receiveFailure;
    if (failure !== undefined) return queueMicrotask(() => receiver.onReceiveFailed(failure));
    this.#buffer = buffer;
    this.#receiver = receiver;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  /** @returns tells the receiver of the bytes */
  #takeArrived(buffer: Uint8Array, receiver: Receiver): () => void {
    const [bytes] = this.#arrived as [Uint8Array<ArrayBuffer>];
    const isCut = bytes.length > buffer.length && receiver.onArrayReceived === undefined;
    const count = isCut ? buffer.length : bytes.length;
    this.#arrivedBytes -= count;
    if (isCut) this.#arrived[0] = bytes.subarray(count);
    else this.#arrived.shift();
    if (count > buffer.length) return () => this.#handOutArray(bytes, receiver);
    buffer.set(isCut ? bytes.subarray(0, count) : bytes);
    if (!isCut) OWN.release(bytes);
    return () => receiver.onReceived(count);
  }

  /** Bytes came. If no read waits for them, they are copied, because the runtime may reuse its buffer. */
  onData(bytes: Uint8Array<ArrayBuffer>): void {
    this.#arrive(bytes, BORROWED);
  }

  /** Bytes came in an array of their own, which nobody touches any longer: it is freed when they are read. */
  onOwnData(bytes: Uint8Array<ArrayBuffer>): void {
    this.#arrive(bytes, OWN);
  }

  /**
   * The same as {@linkcode SocketConnection.onData} for bytes after which more of them come at once, if any:
   * they are handed out together.
   */
  onMoreData(bytes: Uint8Array<ArrayBuffer>): void {
    const buffer = this.#buffer;
    const { length } = bytes;
    const isLast = buffer === undefined || buffer.length < 2 * length ||
      this.#gathered + length >= MAX_GATHERED_BYTES;
    if (isLast) return this.onData(bytes);
    buffer.set(bytes);
    this.#buffer = buffer.subarray(length);
    this.#gathered += length;
    if (this.#isHandingOut) return;
    this.#isHandingOut = true;
    afterHandingOut(() => {
      this.#isHandingOut = false;
      if (this.#gathered > 0) this.#handOut(0);
    });
  }

  /** Completes the read that waits. @param count number of bytes after the gathered ones */
  #handOut(count: number): void {
    const length = this.#gathered + count;
    this.#buffer = undefined;
    this.#gathered = 0;
    this.#receiver!.onReceived(length);
  }

  #arrive(bytes: Uint8Array<ArrayBuffer>, { isOwn, keep, release }: Arrival): void {
    const buffer = this.#buffer;
    if (buffer !== undefined && bytes.length <= buffer.length) {
      const { length } = bytes;
      buffer.set(bytes);
      release(bytes);
      return this.#handOut(length);
    }
    if (this.#failure !== undefined) return;
    const isGiven = isOwn && this.#gathered === 0 && this.#receiver?.onArrayReceived !== undefined;
    if (isGiven && buffer !== undefined) return this.#handOutArray(bytes, this.#receiver!);
    const room = buffer?.length ?? 0;
    this.#arrived.push(keep(bytes, room));
    this.#arrivedBytes += bytes.length - room;
    this.#pauseIfFull();
    if (buffer === undefined) return;
    buffer.set(bytes.subarray(0, room));
    this.#handOut(room);
  }

  /** Pauses after a large array unless more is wanted at once: the receiver may hold it for long. */
  #handOutArray(bytes: Uint8Array<ArrayBuffer>, receiver: Receiver): void {
    this.#buffer = undefined;
    receiver.onArrayReceived!(bytes);
    if (bytes.length < MAX_UNREAD_BYTES) return;
    queueMicrotask(() => {
      if (this.#buffer === undefined && this.#failure === undefined) this.holdBack();
    });
  }

  #pauseIfFull(): void {
    if (this.#arrivedBytes >= MAX_UNREAD_BYTES || this.#arrived.length >= MAX_UNREAD_PIECES) this.holdBack();
  }

  holdBack(): number {
    if (!this.#isPaused) this.#socket.pause();
    this.#isPaused = true;
    return this.#arrivedBytes;
  }

  /** Counts the socket as paused unless a read waits. @returns whether one does */
  pauseUnlessAwaited(): boolean {
    const isAwaited = this.#buffer !== undefined;
    this.#isPaused ||= !isAwaited;
    return isAwaited;
  }

  /** The peer has finished sending. */
  onEnd(): void {
    if (this.#failure !== undefined) return;
    this.#hasEnded = true;
    if (this.#gathered > 0) return this.#handOut(0);
    if (this.#buffer === undefined) return;
    this.#buffer = undefined;
    this.#receiver!.onReceived(null);
  }

  /** Nothing can be read from the socket any longer, but bytes can be sent. */
  onUnreadable(error: ConnectionError): void {
    this.#receiveFailure = error;
    if (this.#gathered > 0) return this.#handOut(0);
    if (this.#buffer === undefined) return;
    this.#buffer = undefined;
    this.#receiver!.onReceiveFailed(error);
  }

  /** Takes the unread bytes, because the socket is handed to another user. */
  takeUnread(): Uint8Array<ArrayBuffer>[] {
    this.#arrivedBytes = 0;
    return this.#arrived.splice(0);
  }

  /** The socket is lost. The first reason counts. */
  onFailure(error: ConnectionError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (this.#gathered > 0) this.#handOut(0);
    else if (this.#buffer !== undefined) {
      this.#buffer = undefined;
      this.#receiver!.onReceiveFailed(error);
    }
    for (const { sender } of this.#writes.splice(0)) sender.onSendFailed(error);
    this.#endDraining();
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    let sent = 0;
    if (this.#writes.length === 0 && this.#failure === undefined && this.#finished === undefined) {
      sent = bytes.length === 0 ? 0 : this.#socket.send(bytes);
      if (sent === bytes.length) return sender.onSent();
    }
    // This holds even if sending has just noticed the loss.
    const failure = this.#failure ?? (this.#finished && finAlreadySent());
    if (failure !== undefined) return queueMicrotask(() => sender.onSendFailed(failure));
    this.bufferedBytes += bytes.length - sent;
    this.#writes.push({ bytes: bytes.subarray(sent), sender });
  }

  /** The runtime takes bytes again. @param count how many it took of those that it did not take at once */
  onTaken(count: number): void {
    const [first] = this.#writes;
    if (first !== undefined) this.#advance(first, count);
    for (let write = first; write !== undefined; [write] = this.#writes) {
      if (write.bytes.length > 0) this.#advance(write, this.#socket.send(write.bytes));
      if (write.bytes.length > 0) return;
      this.#writes.shift();
      write.sender.onSent();
    }
    this.#endDraining();
  }

  #advance(write: QueuedWrite, count: number): void {
    this.bufferedBytes -= count;
    write.bytes = write.bytes.subarray(count);
  }

  closeWrite(): Promise<void> {
    return this.#finished ??= this.#finish();
  }

  async #finish(): Promise<void> {
    if (this.#writes.length > 0) await new Promise<void>((resolve) => void this.#onDrained.push(resolve));
    if (this.#failure === undefined) await this.#socket.finish();
  }

  #endDraining(): void {
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  close(): void {
    this.#giveUp();
    this.#socket.destroy();
  }

  reset(): void {
    this.#giveUp();
    this.#socket.reset();
  }

  #giveUp(): void {
    this.#arrived.length = 0;
    this.#gathered = 0;
    this.#hasEnded = false;
    this.onFailure(new ConnectionError("closed", "Cannot use the connection: it is closed"));
  }
}

function finAlreadySent(): ConnectionError {
  return new ConnectionError("closed", "Cannot write to the connection: FIN was sent");
}
