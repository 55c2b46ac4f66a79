/** Counters of a server's work; numbers that only grow. */
export interface ServerCounts {
  /** Puts that were acknowledged, those of Graphite's lines too. */
  puts: number;
  /** Puts and other commands that were refused. */
  refusals: number;
  /** Replies with rows or keys. */
  reads: number;
  /** Deletions that were acknowledged. */
  deletions: number;
}

/** Counts that have counted nothing. */
export function createCounts(): ServerCounts {
  return { puts: 0, refusals: 0, reads: 0, deletions: 0 };
}
