/** The oldest timestamp that the retention keeps, in seconds; -Infinity without one. */
export function firstKeptTimestamp(now: () => number, retentionSeconds: number | undefined): number {
  return retentionSeconds === undefined ? -Infinity : now() / 1000 - retentionSeconds;
}
