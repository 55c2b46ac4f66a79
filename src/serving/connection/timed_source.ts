import type { Connection, Receiver } from "../../net/connection.ts";
import type { ConnectionPhase } from "./connection_phase.ts";
import type { SharedResources } from "../shared_resources.ts";
import type { TimedSink } from "./timed_sink.ts";

/** The receiver of the bytes read. */
export interface BytesTaker {
  /** The buffer that the next read fills from its start; must not be empty. */
  bufferToFill(): Uint8Array;
  /**
   * Bytes have come, or the end with null. They are in the buffer that was given last, unless they came in an
   * array of their own, which belongs to the taker.
   */
  onBytes(count: number | null, array?: Uint8Array<ArrayBuffer>): void;
  /** This many more bytes of the request are held, or fewer if the number is negative. */
  onContentKept(bytes: number): boolean;
  /** Content comes too slowly; the bytes that have come are dropped. */
  onTooSlow(): void;
  /** The connection was lost. */
  onLost(error: unknown): void;
}

/** The parts that a source works with. */
export interface TimedSourceParts {
  readonly connection: Connection;
  readonly shared: SharedResources;
  readonly phase: ConnectionPhase;
  readonly sink: TimedSink;
  readonly taker: BytesTaker;
}

/** The receiving side of a connection: one read at a time, when there is room, and handed out in turn. */
export class TimedSource implements Receiver {
  /** Whether the runtime has the buffer, or bytes that came wait for their turn. */
  isReading = false;
  readonly #connection: Connection;
  readonly #shared: SharedResources;
  readonly #phase: ConnectionPhase;
  readonly #sink: TimedSink;
  readonly #taker: BytesTaker;

  constructor({ connection, shared, phase, sink, taker }: TimedSourceParts) {
    this.#connection = connection;
    this.#shared = shared;
    this.#phase = phase;
    this.#sink = sink;
    this.#taker = taker;
  }

  /**
   * Reads once, unless a read is pending. An unfinished request waits until there is room for more of it.
   */
  read(): void {
    if (this.isReading) return;
    if (this.#phase.isInRequest && this.#shared.memory.isFull) return this.#readWhenRoom();
    this.isReading = true;
    this.#connection.receive(this.#taker.bufferToFill(), this);
  }

  #readWhenRoom(): void {
    const { name } = this.#phase;
    const resume = this.#phase.pause();
    // Bytes that the runtime has read ahead are ready.
    const unreadBytes = this.#connection.holdBack?.() ?? 0;
    if (unreadBytes > 0) this.#taker.onContentKept(unreadBytes);
    this.#shared.memory.whenRoom(() => {
      if (this.#phase.name !== name) return;
      if (unreadBytes > 0) this.#taker.onContentKept(-unreadBytes);
      resume();
      this.read();
    });
  }

  /** Called back by the connection. */
  onReceived(count: number | null): void {
    this.#take(count);
  }

  /** Called back by the connection. */
  onArrayReceived(bytes: Uint8Array<ArrayBuffer>): void {
    this.#take(bytes.length, bytes);
  }

  #take(count: number | null, array?: Uint8Array<ArrayBuffer>): void {
    const { counters, turns } = this.#shared;
    const bytes = count ?? 0;
    counters.receivedBytes += bytes;
    // A request that arrives alone needs no turn.
    if (this.#phase.name === "idle") return this.#handOut(count, array);
    if (this.#phase.isTooSlow(bytes)) {
      this.isReading = false;
      return this.#taker.onTooSlow();
    }
    if (!this.#sink.hasHadItsTurn(bytes)) return this.#handOut(count, array);
    // The bytes came in time, however long they wait for their turn.
    const resume = this.#phase.pause();
    turns.take(() => {
      resume();
      this.#handOut(count, array);
    });
  }

  #handOut(count: number | null, array?: Uint8Array<ArrayBuffer>): void {
    this.isReading = false;
    this.#taker.onBytes(count, array);
  }

  /** Called back by the connection. */
  onReceiveFailed(error: unknown): void {
    this.isReading = false;
    this.#taker.onLost(error);
  }
}
