// The failures of the file system, as statuses.

import { HttpError } from "../../../http/errors.ts";

const MISSING_CODES = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EINVAL"]);
const REFUSED_CODES = new Set(["EACCES", "EPERM"]);
const EXHAUSTED_CODES = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

/** The error for a path that exists and is not served. */
export function refused(path: string, reason: string): HttpError {
  return new HttpError(403, `Cannot serve "${path}": ${reason}`);
}

/** Whether the system says that there is nothing. */
export function isMissing(error: unknown): boolean {
  return MISSING_CODES.has(codeOf(error));
}

/** Maps a failure of the file system to a status. Unknown errors stay as they are: they are our own. */
export function toHttpError(error: unknown, path: string): unknown {
  if (isMissing(error)) return new HttpError(404, `Cannot read "${path}": it is gone`);
  const code = codeOf(error);
  // Deno's error if the path is not among those of --allow-read.
  const isNotAllowed = error instanceof Error && error.name === "NotCapable";
  if (isNotAllowed || REFUSED_CODES.has(code)) {
    return new HttpError(403, `Cannot serve "${path}": no permission`, { cause: error });
  }
  if (EXHAUSTED_CODES.has(code)) return overload(`Cannot open "${path}": out of resources`, error);
  return error;
}

/** The error for a moment in which a file cannot be opened. */
export function overload(message: string, cause?: unknown): HttpError {
  return new HttpError(503, message, { code: "overload", headers: [["Retry-After", "1"]], cause });
}

/** The code of an error of the system; "" for others. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
