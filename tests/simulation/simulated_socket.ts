import { tcpAddress } from "../../src/net/address.ts";
import { ConnectionError, type NetAddress, type Receiver, type Sender } from "../../src/net/connection.ts";
import { StreamConnection } from "../../src/net/web_streams.ts";
import { bytesOf, textOf } from "../support/latin1.ts";

interface Write {
  readonly bytes: Uint8Array;
  readonly sender: Sender;
  taken: number;
}

/** The delay of a socket's callbacks, in microtasks. */
export interface SocketPace {
  readonly readHops: number;
  readonly writeHops: number;
}

/** The server's end of a connection whose client, kernel and wire are the simulator. */
export class SimulatedSocket extends StreamConnection {
  readonly local: NetAddress = tcpAddress("192.0.2.1", 80);
  readonly remote: NetAddress;
  readonly isEncrypted = false;
  /** What the client has received, as latin1. */
  output = "";
  /** Whether the server has sent FIN. */
  hasFinished = false;
  /** Whether the server has closed the connection. */
  isClosed = false;
  /** Uses of the socket by the server that no connection allows. */
  readonly breaches: string[] = [];
  readonly #pace: SocketPace;
  // Bytes that have arrived and were not read, as latin1.
  #arrived = "";
  #hasEnded = false;
  #failure: ConnectionError | undefined;
  #buffer: Uint8Array | undefined;
  #receiver: Receiver | undefined;
  #isDelivering = false;
  #writes: Write[] = [];
  #isFlowing = true;
  #drained: (() => void)[] = [];

  constructor(id: number, pace: SocketPace) {
    super();
    this.remote = tcpAddress(`198.51.100.${id}`, 50_000 + id);
    this.#pace = pace;
  }

  get bufferedBytes(): number {
    return this.#writes.reduce((sum, { bytes, taken }) => sum + bytes.length - taken, 0);
  }

  /** The lengths of the writes that the client has not taken, or only in part. */
  get unreadWrites(): readonly number[] {
    return this.#writes.map(({ bytes }) => bytes.length);
  }

  /** Whether a read or a write is pending. */
  get isBusy(): boolean {
    return this.#receiver !== undefined || this.#writes.length > 0;
  }

  // The client's side.

  /** The client sends. */
  send(text: string): void {
    if (this.#failure !== undefined || this.#hasEnded) return;
    this.#arrived += text;
    this.#deliver();
  }

  /** The client sends FIN. */
  finish(): void {
    this.#hasEnded = true;
    this.#deliver();
  }

  /** The client resets the connection. */
  reset(): void {
    this.#fail(new ConnectionError("reset", "Cannot use the connection: reset by the client"));
  }

  /** The client takes nothing any longer. */
  stall(): void {
    this.#isFlowing = false;
  }

  /** The client takes some bytes. */
  take(bytes: number): void {
    let left = bytes;
    for (let write = this.#writes[0]; write !== undefined && left > 0; write = this.#writes[0]) {
      const count = Math.min(left, write.bytes.length - write.taken);
      this.output += textOf(write.bytes.subarray(write.taken, write.taken + count));
      write.taken += count;
      left -= count;
      if (write.taken < write.bytes.length) return;
      this.#writes.shift();
      this.#after(this.#pace.writeHops, () => write.sender.onSent());
    }
    if (this.#writes.length === 0) { for (const resolve of this.#drained.splice(0)) resolve(); }
  }

  /** The client takes everything, now and from now on. */
  flow(): void {
    this.#isFlowing = true;
    this.take(Infinity);
  }

  // The server's side.

  receive(buffer: Uint8Array, receiver: Receiver): void {
    if (this.#receiver !== undefined) this.breaches.push("two reads at once");
    if (buffer.length === 0) this.breaches.push("a read into nothing");
    this.#buffer = buffer;
    this.#receiver = receiver;
    this.#deliver();
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    const failure = this.#failure ?? (this.hasFinished ? closed() : undefined);
    if (failure !== undefined) return queueMicrotask(() => sender.onSendFailed(failure));
    // Taken at once, during the call, as Node and Bun do it.
    if (this.#isFlowing && this.#writes.length === 0 && this.#pace.writeHops === 0) {
      this.output += textOf(bytes);
      return sender.onSent();
    }
    this.#writes.push({ bytes, sender, taken: 0 });
    if (this.#isFlowing) this.#after(this.#pace.writeHops, () => this.#isFlowing && this.take(bytes.length));
  }

  async closeWrite(): Promise<void> {
    if (this.#writes.length > 0 && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#drained.push(resolve));
    }
    this.hasFinished = true;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#arrived = "";
    this.#fail(closed());
  }

  #fail(error: ConnectionError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const { sender } of this.#writes.splice(0)) queueMicrotask(() => sender.onSendFailed(error));
    for (const resolve of this.#drained.splice(0)) resolve();
    this.#deliver();
  }

  #deliver(): void {
    if (this.#receiver === undefined || this.#isDelivering) return;
    if (this.#arrived === "" && !this.#hasEnded && this.#failure === undefined) return;
    this.#isDelivering = true;
    this.#after(Math.max(1, this.#pace.readHops), () => this.#callBack());
  }

  #callBack(): void {
    const receiver = this.#receiver!;
    const buffer = this.#buffer!;
    this.#isDelivering = false;
    this.#receiver = undefined;
    this.#buffer = undefined;
    if (this.#arrived !== "" && !this.isClosed) {
      const text = this.#arrived.slice(0, buffer.length);
      this.#arrived = this.#arrived.slice(text.length);
      buffer.set(bytesOf(text));
      return receiver.onReceived(text.length);
    }
    if (this.#failure !== undefined) return receiver.onReceiveFailed(this.#failure);
    receiver.onReceived(null);
  }

  #after(hops: number, action: () => void): void {
    if (hops === 0) return action();
    queueMicrotask(() => this.#after(hops - 1, action));
  }
}

function closed(): ConnectionError {
  return new ConnectionError("closed", "Cannot use the connection: it is closed");
}
