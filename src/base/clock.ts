/** The time, and ways to wait for it: passed in, so that tests can move it by hand. */
export interface Clock {
  /** The time of day in milliseconds since 1970, for logs and dates. It jumps when the clock is set. */
  nowMs(): number;
  /** Milliseconds since a fixed moment, for deadlines and durations: it never goes back. */
  monotonicMs(): number;
  /** Calls back repeatedly. @returns stops it */
  every(intervalMs: number, callback: () => void): () => void;
  /** Calls back once. @returns stops it */
  after(delayMs: number, callback: () => void): () => void;
}

/** The time of this machine. */
export const SYSTEM_CLOCK: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs);
    return () => clearInterval(timer);
  },
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
