/** Returns the time in whole microseconds since 1970; never less than before. */
export type MicroClock = () => number;

/** The sources of the time. */
export interface TimeSources {
  /** Milliseconds since 1970, whole or not. */
  readonly wallMs: () => number;
  /** Milliseconds since some moment, with fractions; never set back. */
  readonly steadyMs: () => number;
}

// A larger gap between the clocks means that the wall clock was set; its own steps are a millisecond.
const MAX_GAP_MS = 20;

/**
 * Makes a clock of microseconds. It runs with the steady clock. When the wall clock was set forward, it
 * follows; when the wall clock was set back, it stays ahead, so that later requests have later times.
 */
export function createMicroClock(sources: TimeSources): MicroClock {
  let originMs = sources.wallMs() - sources.steadyMs();
  return () => {
    const steadyMs = sources.steadyMs();
    const gapMs = sources.wallMs() - steadyMs - originMs;
    if (gapMs > MAX_GAP_MS) originMs += gapMs;
    return Math.floor((originMs + steadyMs) * 1_000);
  };
}

/** The clock of this machine. */
export function createSystemMicroClock(): MicroClock {
  return createMicroClock({ wallMs: Date.now, steadyMs: () => performance.now() });
}
