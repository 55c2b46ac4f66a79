import type { TimeSpan } from "../store.ts";

/** The oldest timestamp that the retention keeps, in seconds; -Infinity without one. */
export function firstKeptTimestamp(now: () => number, retentionSeconds: number | undefined): number {
  return retentionSeconds === undefined ? -Infinity : now() / 1000 - retentionSeconds;
}

/** A stretch of time without what is older than the retention. */
export function keptSpan(span: TimeSpan, firstKept: number): TimeSpan {
  return { from: Math.max(span.from, firstKept), until: span.until };
}

/** Whether a timestamp is further ahead of the wall clock than allowed. */
export function isTooFarAhead(timestamp: number, now: () => number, maxFutureSeconds: number): boolean {
  return timestamp > now() / 1000 + maxFutureSeconds;
}
