import type { ServeSettings } from "../serve_options.ts";

/**
 * Judges how fast content comes. Only the time of waiting for it counts, and each window of it by itself:
 * early bytes earn no time for later.
 */
export class ContentPace {
  readonly #settings: ServeSettings;
  #waitingSinceMs = 0;
  #waitedMs = 0;
  #bytes = 0;

  constructor(settings: ServeSettings) {
    this.#settings = settings;
  }

  /** A wait for content begins. */
  begin(nowMs: number): void {
    this.#waitingSinceMs = nowMs;
  }

  /** Content has come. @returns whether it comes too slowly */
  isTooSlow(bytes: number, nowMs: number): boolean {
    const { bodyTimeoutMs, minBodyBytesPerSecond } = this.#settings;
    this.#waitedMs += nowMs - this.#waitingSinceMs;
    this.#bytes += bytes;
    if (this.#waitedMs <= bodyTimeoutMs) return false;
    const isTooSlow = this.#bytes * 1000 < minBodyBytesPerSecond * this.#waitedMs;
    this.#waitedMs = 0;
    this.#bytes = 0;
    return isTooSlow;
  }
}
