import type { Clock } from "../../../base/clock.ts";
import type { RequestStore } from "./request_store.ts";

// Forgetting need not be exact to the second.
const MAX_SWEEP_MS = 60_000;
const MIN_SWEEP_MS = 1_000;

/**
 * Drops requests that are older than an age.
 *
 * @param maxAgeMs undefined keeps them for ever
 * @returns stops the dropping
 */
export function keepForAge(store: RequestStore, maxAgeMs: number | undefined, clock: Clock): () => void {
  if (maxAgeMs === undefined) return () => {};
  // Ids begin with the time.
  const sweep = (): void => store.dropBefore(new Date(clock.nowMs() - maxAgeMs).toISOString());
  sweep();
  return clock.every(Math.max(MIN_SWEEP_MS, Math.min(MAX_SWEEP_MS, maxAgeMs / 10)), sweep);
}
