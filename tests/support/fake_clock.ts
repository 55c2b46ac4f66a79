import type { Clock } from "../../src/base/clock.ts";
import { settle } from "./deadline.ts";

interface Timer {
  readonly intervalMs: number;
  readonly callback: () => void;
  dueMs: number;
}

/** A clock that a test moves by hand. */
export class FakeClock implements Clock {
  #nowMs = 1_750_000_000_000;
  #setByMs = 0;
  readonly #timers = new Set<Timer>();

  /** The number of running timers. */
  get timerCount(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs + this.#setByMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** Sets the time of day; a negative number of milliseconds sets it back. */
  setTimeOfDay(byMs: number): void {
    this.#setByMs += byMs;
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

  /** Lets time pass: timers fire in order, and everything that one wakes up goes on before the next one fires. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (
      let next = this.#nextTimer();
      next !== undefined && next.dueMs <= untilMs;
      next = this.#nextTimer()
    ) {
      this.#nowMs = next.dueMs;
      next.dueMs += Math.max(1, next.intervalMs);
      next.callback();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #nextTimer(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.dueMs < next.dueMs) next = timer;
    }
    return next;
  }
}
