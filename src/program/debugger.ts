// Deno 2.9.6 opens its debugger at SIGUSR1, whatever a program does. Every user of the machine could take over the
// process through that port, so it is closed as soon as it is open.

import type { Clock } from "../base/clock.ts";

/** The parts of `node:inspector` that close a debugger. */
export interface Inspector {
  /** The address of the debugger; undefined while it is closed. */
  url(): string | undefined;
  /** Closes it. */
  close(): void;
}

// It opened a millisecond after the signal.
const LOOK_EVERY_MS = 2;
const MAX_LOOKS = 500;

/** Closes the debugger as soon as it is open; for a second it may be about to open. */
export function closeDebugger(inspector: Inspector, clock: Clock): void {
  let looks = 0;
  const stop = clock.every(LOOK_EVERY_MS, () => {
    if (isDone(inspector) || ++looks === MAX_LOOKS) stop();
  });
}

function isDone(inspector: Inspector): boolean {
  try {
    if (inspector.url() === undefined) return false;
    inspector.close();
  } catch {
    // The runtime refuses, by `--deny-sys=inspector` for example: that is no reason to end the program.
  }
  return true;
}
