// Deno 2.9.6 opens its debugger at SIGUSR1, whatever a program does. Every user of the machine could take over the
// process through that port, so it is closed as soon as it is open.

import type { Clock } from "../base/clock.ts";

/** The part of `node:inspector` that closes a debugger. */
export interface Inspector {
  /** Closes it; does nothing while it is closed. */
  close(): void;
}

// Deno opens it within a turn or two of the signal. Whether it is open cannot be asked: `url()` needs
// `--allow-sys`, `close()` needs no permission.
const CLOSE_EVERY_MS = 2;
const CLOSINGS = 250;

/** Keeps the debugger closed for half a second, in which it may be about to open. */
export function closeDebugger(inspector: Inspector, clock: Clock): void {
  let closings = 0;
  const stop = clock.every(CLOSE_EVERY_MS, () => {
    if (!tryToClose(inspector) || ++closings === CLOSINGS) stop();
  });
}

function tryToClose(inspector: Inspector): boolean {
  try {
    inspector.close();
    return true;
  } catch {
    // A Deno without an inspector to close, or one that refuses: that is no reason to end the program.
    return false;
  }
}
