import { SYSTEM_CLOCK } from "../../base/clock.ts";

/**
 * Calls back after a time without a reply. It is waited for in two halves: if this process was stopped or had no core,
 * the second half lets it read the replies that have come meanwhile.
 *
 * @returns stops it
 */
export function afterSilence(silenceMs: number, callback: () => void): () => void {
  let stop = SYSTEM_CLOCK.after(silenceMs / 2, () => stop = SYSTEM_CLOCK.after(silenceMs / 2, callback));
  return () => stop();
}
