// Small files are read synchronously, as in nginx: from the memory of the kernel that takes a few
// microseconds, and a thread would take ten times as long. This file notices a disk that makes the event loop
// wait, and then avoids it.

import type { Clock } from "../../../base/clock.ts";

// The page cache delivers in 0.02 ms, a flash disk in 0.2, a hard disk or a disk in the network in 5 and
// more. The mean counts, because on a busy machine any single call may take as long as other programs hold
// the processor.
const MAX_MEAN_MS = 2;
// Weight of all files before the last one in the moving mean. A longer wait counts as the maximum: three in a row are
// too much, for one file or for some.
const WEIGHT_BEFORE = 63 / 64;
const MAX_COUNTED_MS = 64;
// Other programs do not hold the processor for this long.
const HUNG_MS = 1_000;
const FIRST_REST_MS = 1_000;
const MAX_REST_MS = 64_000;

/** Judges whether the disk is quick enough to wait for. */
export class DiskPace {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #meanMs = 0;
  #restsUntilMs = 0;
  #restMs = 0;

  /** @param clock measures how long calls take */
  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** Whether calls may be made at once. */
  get isQuick(): boolean {
    return this.#restMs === 0 || this.#clock.monotonicMs() >= this.#restsUntilMs;
  }

  /** Runs the calls for some files, and measures them. @param files how many; default one */
  time<T>(calls: () => T, files: number = 1): T {
    const startedAtMs = this.#clock.monotonicMs();
    try {
      return calls();
    } finally {
      const endedAtMs = this.#clock.monotonicMs();
      const tookMs = endedAtMs - startedAtMs;
      const countedMs = Math.min(tookMs, MAX_COUNTED_MS) / files;
      this.#meanMs = countedMs + (this.#meanMs - countedMs) * WEIGHT_BEFORE ** files;
      if (this.#meanMs > MAX_MEAN_MS || tookMs > HUNG_MS) this.#rest(startedAtMs, endedAtMs);
    }
  }

  /** Keeps calls off the loop for a while: longer each time, unless it went well for as long as the last rest took. */
  #rest(slowAtMs: number, nowMs: number): void {
    const isRepeated = this.#restMs > 0 && slowAtMs - this.#restsUntilMs < this.#restMs;
    this.#restMs = isRepeated ? Math.min(2 * this.#restMs, MAX_REST_MS) : FIRST_REST_MS;
    this.#restsUntilMs = nowMs + this.#restMs;
    this.#meanMs = 0;
  }
}
