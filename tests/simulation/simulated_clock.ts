import type { Clock } from "../../src/base/clock.ts";

interface Timer {
  readonly intervalMs: number;
  readonly callback: () => void;
  dueMs: number;
}

/** A clock that moves when the simulator says so. */
export class SimulatedClock implements Clock {
  #nowMs = 1_750_000_000_000;
  readonly #timers = new Set<Timer>();

  /** The number of running timers. */
  get timerCount(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const stop = this.every(delayMs, () => {
      stop();
      callback();
    });
    return stop;
  }

  every(intervalMs: number, callback: () => void): () => void {
    const timer = { intervalMs, callback, dueMs: this.#nowMs + intervalMs };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Fires the next timer that is due by then, and says whether there was one. */
  ringNext(untilMs: number): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    if (next === undefined) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.dueMs += Math.max(1, next.intervalMs);
    next.callback();
    return true;
  }
}
