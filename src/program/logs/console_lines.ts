// Lines about the program itself, on stderr.

import { createDeferred } from "../../base/deferred.ts";
import { SYSTEM_CLOCK } from "../../base/clock.ts";
import type { ConsoleWrite } from "../../log/line_target.ts";

/** Prints a line; settles when it is written, or lost after a second. Never rejects. */
export type SayLine = (message: string) => Promise<void>;

const PATIENCE_MS = 1_000;

/**
 * Makes a function that prints lines, each with `millrace: ` in front.
 *
 * @param write takes the bytes of stderr
 */
export function createSayLine(write: ConsoleWrite): SayLine {
  const encoder = new TextEncoder();
  return async (message) => {
    const patience = createDeferred<number>();
    const stop = SYSTEM_CLOCK.after(PATIENCE_MS, () => patience.resolve(0));
    const written = write(encoder.encode(`millrace: ${message}\n`)).catch(() => 0);
    await Promise.race([written, patience.promise]);
    stop();
  };
}
