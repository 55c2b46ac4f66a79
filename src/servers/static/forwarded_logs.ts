// The logs of a worker: it sends entries in batches to the main thread, whose logs write them. So all lines
// are whole and in one file, whatever it is, and workers need no permission for it.

import type { Clock } from "../../base/clock.ts";
import type { AccessEntry, ErrorEntry } from "../../log/entry.ts";
import type { AccessLog, ErrorLog, Logs } from "../../log/open_logs.ts";

/** Entries on their way from a worker to the main thread. */
export interface LogBatch {
  /** Requests with their responses, in order. */
  readonly access: readonly AccessEntry[];
  /** Errors, in order. */
  readonly error: readonly ErrorEntry[];
}

/** The logs as a worker sees them. */
export interface ForwardedLogs {
  /** The access log; undefined when it is off. */
  readonly access: AccessLog | undefined;
  /** The error log; undefined when it is off. */
  readonly error: ErrorLog | undefined;
  /** Sends the waiting entries. */
  flush(): void;
  /** Sends the remaining entries, and ends the timer. */
  close(): void;
}

const SEND_AFTER_MS = 50;
const MAX_BATCH = 512;

/**
 * Makes logs that send their entries.
 *
 * @param wanted which logs are on
 * @param send takes a batch
 */
export function forwardLogs(
  wanted: { readonly access: boolean; readonly error: boolean },
  send: (batch: LogBatch) => void,
  clock: Clock,
): ForwardedLogs {
  let access: AccessEntry[] = [];
  let error: ErrorEntry[] = [];
  const flush = (): void => {
    if (access.length + error.length === 0) return;
    send({ access, error });
    access = [];
    error = [];
  };
  const add = <T>(list: T[], entry: T): void => {
    list.push(entry);
    if (list.length >= MAX_BATCH) flush();
  };
  const stop = clock.every(SEND_AFTER_MS, flush);
  return {
    access: wanted.access ? { write: (entry) => add(access, entry) } : undefined,
    error: wanted.error ? { write: (entry) => add(error, entry) } : undefined,
    flush,
    close: () => {
      stop();
      flush();
    },
  };
}

/** Writes the batch of a worker. */
export function writeBatch(logs: Pick<Logs, "access" | "error">, batch: LogBatch): void {
  for (const entry of batch.access) logs.access?.write(entry);
  for (const entry of batch.error) logs.error?.write(entry);
}
