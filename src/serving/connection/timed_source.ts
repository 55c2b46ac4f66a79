import { inNextTurn } from "../../base/event_loop.ts";
import type { Connection } from "../../net/connection.ts";
import type { ConnectionPhase } from "./connection_phase.ts";
import { type AheadReceiver, type EndWatcher, ReadAhead } from "./read_ahead.ts";
import type { SharedResources } from "../shared_resources.ts";
import type { TimedSink } from "./timed_sink.ts";

/** The receiver of the bytes read. */
export interface BytesTaker extends EndWatcher {
  /** The buffer that the next read fills from its start; must not be empty. */
  bufferToFill(): Uint8Array;
  /** Whether the buffer can be filled now. */
  readonly isBufferFree: boolean;
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
export class TimedSource implements AheadReceiver {
  /** Whether the runtime has the buffer, or bytes that came wait for their turn. */
  isReading = false;
  readonly #connection: Connection;
  readonly #shared: SharedResources;
  readonly #phase: ConnectionPhase;
  readonly #sink: TimedSink;
  readonly #taker: BytesTaker;
  #ahead: ReadAhead | undefined;

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
    const buffer = this.#taker.bufferToFill();
    if (this.#ahead?.give(this)) return;
    this.close();
    this.#connection.receive(buffer, this);
  }

  /**
   * Reads to notice the end of the connection, even if the buffer stays occupied. Most handlers read their
   * content at once, so that is asked again in the next turn of the event loop.
   */
  watch(): void {
    if (this.#taker.isBufferFree) return this.read();
    inNextTurn(() => {
      if (this.#phase.name === "handling" && !this.#taker.isBufferFree) this.#readAhead();
    });
  }

  #readAhead(): void {
    if (this.isReading) return;
    const { readBudget } = this.#shared;
    if (this.#ahead === undefined && !readBudget.take(ReadAhead.maxBytes)) return;
    this.#ahead ??= new ReadAhead(this.#connection, readBudget, this.#taker);
    this.#ahead.read();
  }

  /** Drops the bytes that were read ahead. */
  close(): void {
    this.#ahead?.close();
    this.#ahead = undefined;
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
