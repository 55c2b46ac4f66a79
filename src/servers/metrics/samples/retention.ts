import type { StoreLimits, TimeSpan } from "../store.ts";

/** The oldest timestamp that the retention keeps, in seconds; -Infinity without one. */
export function firstKeptTimestamp(now: () => number, retentionSeconds: number | undefined): number {
  return retentionSeconds === undefined ? -Infinity : now() / 1000 - retentionSeconds;
}

/** A time span without the part that is older than the retention. */
export function keptSpan(span: TimeSpan, firstKept: number): TimeSpan {
  return { from: Math.max(span.from, firstKept), until: span.until };
}

/** Why a put is refused for its timestamp; undefined if it is not. */
export function refuseTimestamp(
  timestamp: number,
  { retentionSeconds, maxFutureSeconds }: StoreLimits,
  now: () => number,
): "too-old" | "too-far-ahead" | undefined {
  if (retentionSeconds !== undefined && timestamp < firstKeptTimestamp(now, retentionSeconds)) {
    return "too-old";
  }
  if (maxFutureSeconds !== undefined && timestamp > now() / 1000 + maxFutureSeconds) return "too-far-ahead";
  return undefined;
}
