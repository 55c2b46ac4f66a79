// How far the wall clock may move against the monotonic one between two looks before it counts as set.
const JUMP_MS = 5_000;
// How long it must have gone on as it is before anything is deleted by it.
const STEADY_MS = 600_000;

/** Both clocks of a machine. */
export interface WatchedClocks {
  /** The wall clock in milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
  /** Told of a jump, one line. */
  readonly onJump?: ((line: string) => void) | undefined;
}

/** Watches for jumps of the wall clock: one that was set wrong for a moment must not delete everything as too old. */
export class ClockWatch {
  readonly #clocks: WatchedClocks;
  #offsetMs: number;
  #steadySinceMs = -Infinity;

  /** Begins to watch; the clock as it is now is taken for right. */
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

/** The watch of a store. A caller's own clock without a monotonic one is trusted: it is a test's, or a replay's. */
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
