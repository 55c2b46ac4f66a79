/** Counters of a server's work; numbers that only grow. */
export interface ServerCounts {
  /** Acknowledged puts, including those of Graphite's lines. */
  puts: number;
  /** Refused puts and other commands. */
  refusals: number;
  /** Replies with rows or keys. */
  reads: number;
  /** Acknowledged deletions. */
  deletions: number;
}

/** Counts at zero. */
export function createCounts(): ServerCounts {
  return { puts: 0, refusals: 0, reads: 0, deletions: 0 };
}
