import { ContentPace } from "../timing/content_pace.ts";
import type { ServeSettings } from "../serve_options.ts";

/**
 * The event that a connection waits for:
 * - `idle`: the first byte of a request
 * - `head`: the rest of a head
 * - `handling`: the handler, or the client that takes the response; bytes may be read ahead
 * - `content`: content that the handler reads
 * - `half-closed`: the rest of a streamed response, for a client that has finished sending
 * - `finishing`: the client to take the last bytes
 * - `lingering`: the end of a client that was sent FIN
 * - `closed`: nothing
 */
export type Phase =
  | "idle"
  | "head"
  | "handling"
  | "content"
  | "half-closed"
  | "finishing"
  | "lingering"
  | "closed";

/** The phase of a connection, and the time left for it. */
export class ConnectionPhase {
  /** The phase. */
  name: Phase = "idle";
  /** When the phase has lasted too long, on the monotonic clock; Infinity for never. */
  dueMs = Infinity;
  readonly #settings: ServeSettings;
  readonly #deadlines: { readonly nowMs: number };
  // The pace of the content of the request, once a read has waited for it.
  #pace: ContentPace | undefined;
  // How long the next bytes of the content may take.
  #contentTimeoutMs: number;

  /** @param deadlines tells the time */
  constructor(settings: ServeSettings, deadlines: { readonly nowMs: number }) {
    this.#settings = settings;
    this.#deadlines = deadlines;
    this.#contentTimeoutMs = settings.bodyTimeoutMs;
  }

  /** Enters a phase, perhaps the same one again, and gives it its time. */
  enter(phase: Phase): void {
    this.name = phase;
    switch (phase) {
      case "idle":
        this.dueMs = this.#deadlines.nowMs + this.#settings.idleTimeoutMs;
        break;
      case "half-closed":
        this.dueMs = this.#deadlines.nowMs + this.#settings.halfClosedTimeoutMs;
        break;
      case "head":
        this.dueMs = this.#deadlines.nowMs + this.#settings.headTimeoutMs;
        break;
      case "content":
        this.dueMs = this.#deadlines.nowMs + this.#contentTimeoutMs;
        this.#pace ??= new ContentPace(this.#settings);
        this.#pace.begin(this.#deadlines.nowMs);
        break;
      case "lingering":
        this.dueMs = this.#deadlines.nowMs + this.#settings.lingerTimeoutMs;
        break;
      case "handling":
      case "finishing":
      case "closed":
        this.dueMs = Infinity;
    }
  }

  /** Prepares for the next request, whose content has a pace of its own. */
  beginRequest(): void {
    this.#pace = undefined;
    this.#contentTimeoutMs = this.#settings.bodyTimeoutMs;
    this.enter("handling");
  }

  /** The request has its response: a client that is silent before the end of its content is not waited for long. */
  hurryContent(): void {
    this.#contentTimeoutMs = Math.min(this.#contentTimeoutMs, this.#settings.lingerTimeoutMs);
  }

  /** Whether a part of a request has come, and the connection waits for the rest. */
  get isInRequest(): boolean {
    return this.name === "head" || this.name === "content";
  }

  /** Whether a handler may read content: a client that has finished sending may have sent all of it before. */
  get mayTakeContent(): boolean {
    return this.name === "handling" || this.name === "half-closed";
  }

  /** Bytes have come. @returns whether they are content that comes too slowly */
  isTooSlow(bytes: number): boolean {
    return this.name === "content" && this.#pace!.isTooSlow(bytes, this.#deadlines.nowMs);
  }

  /**
   * Stops the clock of the phase, because the client is not the cause of the current wait.
   *
   * @returns lets the clock run on
   */
  pause(): () => void {
    const { name, dueMs } = this;
    const leftMs = dueMs - this.#deadlines.nowMs;
    this.dueMs = Infinity;
    return () => {
      if (this.name !== name) return;
      this.dueMs = this.#deadlines.nowMs + leftMs;
      this.#pace?.begin(this.#deadlines.nowMs);
    };
  }
}
