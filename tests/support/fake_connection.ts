import { tcpAddress } from "../../src/net/address.ts";
import {
  type Connection,
  ConnectionError,
  type Listener,
  type NetAddress,
  type Receiver,
  type Sender,
} from "../../src/net/connection.ts";
import { StreamConnection } from "../../src/net/web_streams.ts";
import { settle } from "./deadline.ts";

type Arrival = Uint8Array | "end" | ConnectionError;

interface PendingWrite {
  readonly bytes: Uint8Array;
  readonly settled: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const encoder = new TextEncoder();

/** The server's end of a connection without a network: the test plays the client, and sees each write separately. */
export class FakeConnection extends StreamConnection {
  readonly local: NetAddress = tcpAddress("127.0.0.1", 80);
  readonly remote: NetAddress;
  readonly isEncrypted: boolean;
  /** The writes that were taken, each as latin1 text. */
  readonly writes: string[] = [];
  /** The bytes that the runtime has read ahead. */
  holdBack?: () => number;
  /** Whether the server has sent FIN. */
  hasEnded = false;
  /** Whether the server has closed the connection. */
  isClosed = false;
  bufferedBytes = 0;
  readonly #arrivals: Arrival[] = [];
  readonly #pendingWrites: PendingWrite[] = [];
  #reading: {
    readonly buffer: Uint8Array;
    readonly resolve: (count: number | null) => void;
    readonly reject: (error: Error) => void;
  } | undefined;
  #isTaking = true;

  constructor(hostname: string = "192.0.2.1", isEncrypted: { readonly isEncrypted?: boolean } = {}) {
    super();
    this.remote = tcpAddress(hostname, 50_000);
    this.isEncrypted = isEncrypted.isEncrypted ?? false;
  }

  /** All that was written, as latin1 text. */
  get output(): string {
    return this.writes.join("");
  }

  /** Whether the server waits for bytes. */
  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  /** The client sends; settles when the server has handled it. */
  async send(text: string | Uint8Array): Promise<void> {
    this.#arrive(typeof text === "string" ? encoder.encode(text) : text);
    await settle();
  }

  /** The client sends FIN. */
  async end(): Promise<void> {
    this.#arrive("end");
    await settle();
  }

  /** The client resets the connection, or makes reading fail in another way. */
  async reset(error = new ConnectionError("reset", "Cannot read: connection reset")): Promise<void> {
    for (const write of this.#pendingWrites.splice(0)) write.reject(error);
    this.#arrive(error);
    await settle();
  }

  /** The client takes nothing more until {@linkcode FakeConnection.take}. */
  stall(): void {
    this.#isTaking = false;
  }

  /** The client takes some of the bytes that it left, by default all, and goes on taking when none is left. */
  async take(count: number = this.bufferedBytes): Promise<void> {
    this.bufferedBytes -= count;
    if (this.bufferedBytes === 0) {
      this.#isTaking = true;
      for (const write of this.#pendingWrites.splice(0)) this.#record(write);
    }
    await settle();
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    this.read(buffer).then((count) => receiver.onReceived(count), (error) => receiver.onReceiveFailed(error));
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    this.write(bytes).then(() => sender.onSent(), (error) => sender.onSendFailed(error));
  }

  override read(buffer: Uint8Array): Promise<number | null> {
    if (this.isClosed) return Promise.reject(closed());
    if (this.#reading !== undefined) return Promise.reject(new Error("two reads at once"));
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.#reading = { buffer, resolve, reject };
    this.#deliver();
    return promise;
  }

  override write(bytes: Uint8Array): Promise<void> {
    if (this.isClosed || this.hasEnded) return Promise.reject(closed());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const write = { bytes, settled: promise, resolve, reject };
    if (this.#isTaking) {
      this.#record(write);
    } else {
      this.bufferedBytes += bytes.length;
      this.#pendingWrites.push(write);
    }
    return promise;
  }

  async closeWrite(): Promise<void> {
    while (this.#pendingWrites.length > 0) await this.#pendingWrites.at(-1)!.settled.catch(() => {});
    this.hasEnded = true;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#reading?.reject(closed());
    this.#reading = undefined;
    for (const write of this.#pendingWrites.splice(0)) write.reject(closed());
  }

  #record({ bytes, resolve }: PendingWrite): void {
    this.writes.push(String.fromCharCode(...bytes.subarray(0, 60_000)));
    resolve();
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#deliver();
  }

  #deliver(): void {
    const reading = this.#reading;
    const arrival = this.#arrivals[0];
    if (reading === undefined || arrival === undefined) return;
    this.#reading = undefined;
    if (arrival === "end") return reading.resolve(null);
    if (arrival instanceof ConnectionError) return reading.reject(arrival);
    const count = Math.min(arrival.length, reading.buffer.length);
    reading.buffer.set(arrival.subarray(0, count));
    if (count === arrival.length) this.#arrivals.shift();
    else this.#arrivals[0] = arrival.subarray(count);
    reading.resolve(count);
  }
}

function closed(): ConnectionError {
  return new ConnectionError("closed", "Cannot use the connection: closed");
}

/** A listener without a network. */
export class FakeListener implements Listener {
  readonly address: NetAddress = tcpAddress("127.0.0.1", 80);
  readonly isEncrypted = false;
  isClosed = false;
  readonly #waiting: (Connection | Error)[] = [];
  #accepting: {
    readonly resolve: (connection: Connection | null) => void;
    readonly reject: (error: Error) => void;
  } | undefined;

  /** A client connects; settles when the server has accepted. */
  async connect(connection: FakeConnection = new FakeConnection()): Promise<FakeConnection> {
    this.#waiting.push(connection);
    this.#deliver();
    await settle();
    return connection;
  }

  /** Accepting fails once. */
  async fail(error: Error): Promise<void> {
    this.#waiting.push(error);
    this.#deliver();
    await settle();
  }

  accept(): Promise<Connection | null> {
    if (this.isClosed && this.#waiting.length === 0) return Promise.resolve(null);
    const { promise, resolve, reject } = Promise.withResolvers<Connection | null>();
    this.#accepting = { resolve, reject };
    this.#deliver();
    return promise;
  }

  /** Puts a connection in the queue without letting the server go on. */
  push(connection: Connection): void {
    this.#waiting.push(connection);
    this.#deliver();
  }

  reload(): never {
    throw new TypeError("no TLS");
  }

  close(): void {
    this.isClosed = true;
    this.#accepting?.resolve(null);
    this.#accepting = undefined;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Connection> {
    for (let next = await this.accept(); next !== null; next = await this.accept()) yield next;
  }

  #deliver(): void {
    if (this.#accepting === undefined || this.#waiting.length === 0) return;
    const { resolve, reject } = this.#accepting;
    this.#accepting = undefined;
    const next = this.#waiting.shift()!;
    if (next instanceof Error) reject(next);
    else resolve(next);
  }
}
