import type { Clock } from "../../base/clock.ts";
import type { FairQueue } from "../turns/fair_queue.ts";

/** An item that must not wait for ever. */
export interface Deadlined {
  /** When its time is up, on the monotonic clock; Infinity while it waits for nothing. */
  readonly deadlineMs: number;
  /** Called once its time is up; must move the deadline or remove itself. */
  onDeadline(): void;
}

interface Expired {
  readonly item: Deadlined;
  readonly deadlineMs: number;
}

/**
 * Watches many deadlines with one timer, which runs only while there is something to watch.
 *
 * Setting a deadline is writing a number: no timer is made or cleared for a request. In return a deadline may
 * be noticed one sweep late. When thousands expire at once, they share the event loop with all other work.
 */
export class Deadlines {
  /** The time of the last sweep on the monotonic clock, for others to read: at most one sweep late. */
  nowMs = 0;
  readonly #clock: Clock;
  readonly #sweepMs: number;
  readonly #turns: FairQueue;
  readonly #watched = new Set<Deadlined>();
  // Expired items, queued to be told.
  readonly #due = new Set<Deadlined>();
  #stop: (() => void) | undefined;

  /** @param sweepMs time between two sweeps */
  constructor(clock: Clock, sweepMs: number, turns: FairQueue) {
    this.#clock = clock;
    this.#sweepMs = sweepMs;
    this.#turns = turns;
  }

  /** Begins to watch. */
  add(item: Deadlined): void {
    this.nowMs = this.#clock.monotonicMs();
    this.#watched.add(item);
    this.#stop ??= this.#clock.every(this.#sweepMs, () => this.#sweep());
  }

  /** Stops watching. */
  delete(item: Deadlined): void {
    this.#watched.delete(item);
    if (this.#watched.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #sweep(): void {
    this.nowMs = this.#clock.monotonicMs();
    const expired: Expired[] = [];
    for (const item of this.#watched) {
      const { deadlineMs } = item;
      if (deadlineMs <= this.nowMs && !this.#due.has(item)) expired.push({ item, deadlineMs });
    }
    // Those that waited longest come first: after them, there may be room for the others.
    expired.sort((one, other) => one.deadlineMs - other.deadlineMs);
    for (const { item } of expired) {
      this.#due.add(item);
      this.#turns.take(() => this.#tell(item));
    }
  }

  #tell(item: Deadlined): void {
    this.#due.delete(item);
    if (this.#watched.has(item) && item.deadlineMs <= this.nowMs) item.onDeadline();
  }
}
