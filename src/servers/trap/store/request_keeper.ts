/** Keeps the requests of a trap outside of its memory: in a file, or in a store that several nodes share. */
export interface RequestKeeper {
  /** How many requests wait to be written. */
  readonly waiting: number;
  /** Why nothing can be written at the moment. */
  readonly error: Error | undefined;
  /** Writes what is unwritten, and lets go of everything. */
  close(): void | Promise<void>;
}
