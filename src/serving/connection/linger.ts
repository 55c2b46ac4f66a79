import type { ConnectionPhase } from "./connection_phase.ts";
import type { ServeSettings } from "../serve_options.ts";
import type { SharedResources } from "../shared_resources.ts";

// Time for the last response to get through when the server stops: more than a round trip around the world.
const HURRIED_LINGER_MS = 250;

/**
 * How long a client that was sent FIN may go on sending (RFC 9112 §9.6): until it ends too, is silent, sends
 * too slowly, or has sent too much for too long. The deadline of the phase moves with it.
 */
export class Linger {
  readonly #phase: ConnectionPhase;
  readonly #settings: ServeSettings;
  readonly #deadlines: { readonly nowMs: number };
  readonly #startMs: number;
  #endMs: number;
  #drainedBytes = 0;

  /** Begins now. */
  constructor(phase: ConnectionPhase, { settings, deadlines, isStopping }: SharedResources) {
    this.#phase = phase;
    this.#settings = settings;
    this.#deadlines = deadlines;
    this.#startMs = deadlines.nowMs;
    this.#endMs = this.#startMs + settings.maxLingerMs;
    this.#await(this.#startMs);
    if (isStopping) this.hurry();
  }

  /** The server stops. */
  hurry(): void {
    this.#endMs = Math.min(this.#endMs, this.#deadlines.nowMs + HURRIED_LINGER_MS);
    this.#phase.dueMs = Math.min(this.#phase.dueMs, this.#endMs);
  }

  /** The linger ends if nothing more comes. */
  #await(nowMs: number): void {
    this.#phase.dueMs = Math.min(this.#endMs, nowMs + this.#settings.lingerTimeoutMs);
  }

  /** Bytes have come. @returns whether they are enough */
  isOver(bytes: number): boolean {
    const { nowMs } = this.#deadlines;
    const { lingerTimeoutMs, maxLingerBytes, minBodyBytesPerSecond } = this.#settings;
    this.#await(nowMs);
    this.#drainedBytes += bytes;
    if (this.#drainedBytes > maxLingerBytes) return true;
    const spentMs = nowMs - this.#startMs;
    return spentMs > lingerTimeoutMs && this.#drainedBytes * 1000 < minBodyBytesPerSecond * spentMs;
  }
}
