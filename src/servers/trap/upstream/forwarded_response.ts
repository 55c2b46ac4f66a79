// Makes the response for the client from the response of the server behind the trap.

import { joinBytes } from "../../../bytes/join_bytes.ts";
import { equalsIgnoringCase } from "../../../http/grammar.ts";
import type { HeaderField, HttpHeaders } from "../../../http/headers.ts";
import { overrideFields, withFields } from "../../../http/override_fields.ts";
import { createResponse, type HttpResponse } from "../../../http/response/response.ts";
import type { Exchange } from "./exchange.ts";

/** The response for the client. */
export interface ForwardedResponse {
  /** The response. */
  readonly response: HttpResponse;
  /** Whether the response is the trap's own, because the server sent none. */
  readonly failure: string | undefined;
}

/**
 * Makes the response of an exchange that is ready.
 *
 * @param extra fields for the response unless it has them
 */
export function toForwardedResponse(exchange: Exchange, extra: readonly HeaderField[]): ForwardedResponse {
  const { head, end } = exchange;
  if (end !== undefined && end.end !== "complete") {
    const reason = end.malformed === undefined
      ? end.reason ?? end.end
      : `${end.malformed.rule} (at byte ${end.malformed.offset})`;
    return fail(end.end === "timeout" ? 504 : 502, reason, extra);
  }
  if (head === undefined) return fail(502, "the server gave no response", extra);
  if (head.status < 200 || head.status > 599) {
    return fail(502, `status ${head.status} cannot be passed on`, extra);
  }
  const { status } = head;
  const headers = fieldsFor(head.headers, extra);
  if (end !== undefined) {
    const content = joinBytes(exchange.takeContent());
    return { response: { status, headers, body: head.hasContent ? content : null }, failure: undefined };
  }
  return { response: { status, headers, body: exchange.content() }, failure: undefined };
}

/** The fields for the client, without those of the other connection; the record shows them as they came. */
export function fieldsFor(received: HttpHeaders, extra: readonly HeaderField[]): HttpHeaders {
  // The server leaves out Keep-Alive itself.
  const namesNone = received.getAll("connection").every((value) => equalsIgnoringCase(value, "keep-alive"));
  if (namesNone && extra.length === 0 && !received.has("trailer")) return received;
  const headers = received.clone();
  for (const name of new Set(received.getList("connection"))) {
    if (!equalsIgnoringCase(name, "content-length")) headers.delete(name);
  }
  headers.delete("trailer");
  return withFields(extra, [...headers]);
}

function fail(status: number, reason: string, extra: readonly HeaderField[]): ForwardedResponse {
  const fields = overrideFields(extra, [["Content-Type", "text/plain; charset=utf-8"]]);
  return {
    response: createResponse(status, `Cannot forward the request: ${reason}\n`, fields),
    failure: reason,
  };
}
