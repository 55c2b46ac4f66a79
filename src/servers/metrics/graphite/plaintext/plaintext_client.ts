import { LineDecoder } from "../../../../bytes/line_decoder.ts";
import type { Connection, Receiver } from "../../../../net/connection.ts";
import type { ServedClient } from "../../../../serving/connection_server.ts";
import type { WorkTurns } from "../../conversation/work_turns.ts";
import type { PlaintextIngest } from "./plaintext_ingest.ts";

const READ_BYTES = 65_536;
const MAX_LINE_BYTES = 4_096;

/** Parts that read a client's lines. */
export interface PlaintextClientParts {
  /** Belongs to the client from now on. */
  readonly connection: Pick<Connection, "receive" | "close">;
  /** Puts its lines. */
  readonly ingest: PlaintextIngest;
  /** Shares the event loop among busy clients. */
  readonly turns: WorkTurns;
  /** The connection was closed. */
  readonly onReleased: () => void;
}

/** Reads lines from one client until it has finished, without any reply. */
export class PlaintextClient implements ServedClient, Receiver {
  readonly #parts: PlaintextClientParts;
  readonly #decoder = new LineDecoder({ maxLineBytes: MAX_LINE_BYTES });
  readonly #buffer = new Uint8Array(READ_BYTES);
  #isStopping = false;
  #isBusy = false;
  #isClosed = false;

  /** Makes a client; {@linkcode PlaintextClient.start} begins to read. */
  constructor(parts: PlaintextClientParts) {
    this.#parts = parts;
  }

  /** Begins to read. */
  start(): void {
    this.#parts.connection.receive(this.#buffer, this);
  }

  /** Lines have come, or the end. */
  onReceived(count: number | null): void {
    if (count === null || this.#isClosed) this.close();
    else void this.#take(count);
  }

  /** It is gone. */
  onReceiveFailed(): void {
    this.close();
  }

  /** Ends after the lines that were read. */
  stop(): void {
    this.#isStopping = true;
    if (!this.#isBusy) this.close();
  }

  /** Closes the connection. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.connection.close();
    if (!this.#isBusy) this.#parts.onReleased();
  }

  /** Stops waiting for the store. */
  abandon(): void {
    this.#isBusy = false;
    this.close();
    this.#parts.onReleased();
  }

  async #take(count: number): Promise<void> {
    const { ingest, turns, onReleased } = this.#parts;
    this.#isBusy = true;
    await turns.take("large");
    turns.spend("large", count);
    await ingest.take(this.#decoder, this.#buffer, count);
    this.#isBusy = false;
    if (this.#isClosed) onReleased();
    else if (this.#isStopping) this.close();
    else this.start();
  }
}
