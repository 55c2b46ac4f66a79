import { createBackend, type Handler } from "../../../src/backend/handler.ts";
import { logging, type LoggingOptions } from "../../../src/backend/middleware/logging.ts";
import type { AccessEntry, ErrorEntry } from "../../../src/log/entry.ts";
import { createRequestIds } from "../../../src/log/request_id.ts";

/** A handler behind logging, and the entries it caused. */
export interface Logged {
  readonly access: AccessEntry[];
  readonly error: ErrorEntry[];
  readonly handle: Handler;
}

/** Puts logging in front of a handler, with a clock that stands at 5 ms since 1970, and collects the entries. */
export function collectLogs(handler: Handler, options: Partial<LoggingOptions> = {}): Logged {
  const [access, error]: [AccessEntry[], ErrorEntry[]] = [[], []];
  const layer = logging({
    access: { write: (entry) => access.push(entry) },
    error: { write: (entry) => error.push(entry) },
    requestIds: createRequestIds(),
    now: () => 5,
    ...options,
  });
  return { access, error, handle: createBackend([layer], handler).handle };
}
