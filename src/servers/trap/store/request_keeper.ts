/** Keeps the requests of a trap outside of its memory: in a file, or in a store that several nodes share. */
export interface RequestKeeper {
  /** The number of requests that wait to be written. */
  readonly waiting: number;
  /** Why nothing can be written now. */
  readonly error: Error | undefined;
  /** Writes the unwritten requests, and releases its resources. */
  close(): void | Promise<void>;
}
