import type { Clock } from "./clock.ts";

// One log line a minute shows that a trouble lasts; under a flood there would be thousands.
const NOTICE_INTERVAL_MS = 60_000;

/**
 * Says when a recurring trouble is worth a report: at once, and then at most once a minute.
 */
export class ThrottledNotice {
  readonly #clock: Clock;
  #lastMs = -Infinity;
  #count = 0;

  /** @param clock tells when the last report was */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Counts the trouble once more.
   *
   * @returns how often it has come since the last report; 0 when it is too soon for another
   */
  count(): number {
    this.#count++;
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lastMs < NOTICE_INTERVAL_MS) return 0;
    this.#lastMs = nowMs;
    return this.finish();
  }

  /** How often it has come since the last report, for the very last one. */
  finish(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}
