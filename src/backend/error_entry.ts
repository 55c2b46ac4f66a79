import { HttpError } from "../http/errors.ts";
import type { ErrorEntry } from "../log/entry.ts";
import type { NetAddress } from "../net/connection.ts";
import { messageOfError } from "../base/error_text.ts";

/**
 * The entry of the error log for an event apart from responses to requests: a connection beyond a limit, or
 * content that broke while being sent.
 *
 * @param timeMs since 1970
 */
export function errorEntryOf(error: unknown, timeMs: number, client?: NetAddress): ErrorEntry {
  const status = error instanceof HttpError ? error.status : undefined;
  return { level: "error", timeMs, client, status, message: messageOfError(error) };
}
