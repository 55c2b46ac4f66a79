// The request for the full form of the access log: its body is read for the log, and given to the handler
// again.

import type { MaybePromise } from "../base/maybe_promise.ts";
import { HttpError } from "../http/errors.ts";
import { HttpRequest } from "../http/request/request.ts";
import { bufferedBody, readUpTo, type RequestBody } from "../http/request/request_body.ts";
import type { LoggedRequest } from "../log/entry.ts";
import type { AccessLog } from "../log/open_logs.ts";
import { inNextTurn } from "../base/event_loop.ts";

/** Limits of {@linkcode readRequest}. */
export interface ReadLimits {
  /** Content beyond this many bytes is refused. */
  readonly maxBodyBytes: number;
  /** The log that takes the content: it says when there is room for more. */
  readonly access: AccessLog;
}

/** A request for the handler, with the details that the log shows. */
export interface ReadRequest {
  /** The request, with a body that can be read again. */
  readonly request: HttpRequest;
  /** The request as received. */
  readonly logged: LoggedRequest;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Reads the body of a request.
 *
 * A body that is too large or broken becomes the refusal of the request. If the request is refused already,
 * its body is not waited for: a client may rightly send nothing before it gets a response (RFC 9110 §10.1.1).
 *
 * @returns a promise only if there is something to read; never rejects
 */
export function readRequest(request: HttpRequest, limits: ReadLimits): MaybePromise<ReadRequest> {
  const isHeldBack = request.refusal !== undefined && request.headers.has("expect");
  if (request.body.isComplete || isHeldBack) {
    const bodyEnd = request.body.isComplete ? "whole" : "unread";
    return { request, logged: { head: headOf(request), body: NO_BYTES, bodyEnd } };
  }
  return readBody(request, limits);
}

async function readBody(request: HttpRequest, { maxBodyBytes, access }: ReadLimits): Promise<ReadRequest> {
  const isRefused = request.refusal !== undefined;
  const { bytes, error } = await readUpTo(
    isRefused ? untilItWaits(request.body) : request.body,
    maxBodyBytes,
    access.whenRoom,
  );
  const isWhole = error === undefined && (!isRefused || request.body.isComplete);
  if (error !== undefined) request.refuse(toRefusal(error));
  const wire = { raw: request.rawHead, end: request.headEnd };
  const reread = new HttpRequest(request, bufferedBody(bytes, request.body.trailers), wire);
  if (request.refusal !== undefined) reread.refuse(request.refusal);
  const bodyEnd = isWhole ? "whole" : endOfPart(bytes.length, error);
  return { request: reread, logged: { head: headOf(request), body: bytes, bodyEnd } };
}

/** Ends when a read would have to wait for more bytes. The waiting read is abandoned, and may fail. */
function untilItWaits(body: RequestBody): Pick<RequestBody, "read" | "keep"> {
  return {
    keep: (bytes) => body.keep?.(bytes) ?? false,
    async read() {
      const read = body.read();
      read.catch(() => {});
      return await Promise.race([read, new Promise<null>((resolve) => inNextTurn(() => resolve(null)))]);
    },
  };
}

function endOfPart(length: number, error: unknown): LoggedRequest["bodyEnd"] {
  if (error !== undefined && !isTooLarge(error)) return "broken";
  return length > 0 ? "cut" : "unread";
}

/** Whatever ended a body, a handler must not take its beginning for the whole. */
function toRefusal(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  return new HttpError(400, "Cannot read the body: the connection failed", {
    code: "incomplete",
    cause: error,
  });
}

function isTooLarge(error: unknown): boolean {
  return error instanceof HttpError && error.status === 413;
}

/** The head as received, or one built from its understood parts. */
function headOf(request: HttpRequest): string {
  if (request.rawHead !== "" || request.method === "") return request.rawHead;
  let fields = "";
  for (const [name, value] of request.headers) fields += `${name}: ${value}\r\n`;
  return `${request.method} ${request.target} HTTP/${request.version}\r\n${fields}\r\n`;
}
