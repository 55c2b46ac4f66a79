// How far the wall clock may move against the monotonic one between two looks before it counts as set.
const JUMP_MS = 5_000;
// How long it must have run steadily before anything is deleted by it.
const STEADY_MS = 600_000;

/** Both clocks of a machine. */
export interface WatchedClocks {
  /** The wall clock in milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
  /** Called with one line about a jump. */
  readonly onJump?: ((line: string) => void) | undefined;
}

/** Watches for jumps of the wall clock, because a wrong clock must not delete everything as too old. */
export class ClockWatch {
  readonly #clocks: WatchedClocks;
  #offsetMs: number;
  #steadySinceMs = -Infinity;

  /** Begins to watch; the current time is taken for right. */
  constructor(clocks: WatchedClocks) {
    this.#clocks = clocks;
    this.#offsetMs = clocks.now() - clocks.monotonicMs();
  }

  /** Looks at the clocks. @returns whether the wall clock may be used to delete */
  isSteady(): boolean {
    const { now, monotonicMs, onJump } = this.#clocks;
    const offsetMs = now() - monotonicMs();
    const jumpMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (Math.abs(jumpMs) > JUMP_MS) {
      this.#steadySinceMs = monotonicMs();
      onJump?.(
        `the clock was set by ${Math.round(jumpMs / 1_000)} s: nothing is deleted for its age for ${
          STEADY_MS / 60_000
        } minutes`,
      );
    }
    return monotonicMs() - this.#steadySinceMs >= STEADY_MS;
  }
}

/**
 * The watch of a store. A caller's own clock without a monotonic one is trusted: it belongs to a test or a
 * replay.
 */
export function watchClock(
  { now, monotonicMs, onNotice }: {
    readonly now?: (() => number) | undefined;
    readonly monotonicMs?: (() => number) | undefined;
    readonly onNotice?: ((line: string) => void) | undefined;
  },
): ClockWatch {
  const wall = now ?? Date.now;
  const steady = monotonicMs ?? (now === undefined ? () => performance.now() : wall);
  return new ClockWatch({ now: wall, monotonicMs: steady, onJump: onNotice });
}
