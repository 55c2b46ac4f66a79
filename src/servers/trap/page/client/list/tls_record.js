// @ts-check
// Failed TLS handshakes, in the shape of a request: the list and the views need no other shape.

/** @import { AnyRecord, TrapRecord } from "../page_types.ts" */

/**
 * A record of the API for the page.
 *
 * @param {AnyRecord} record
 * @returns {TrapRecord}
 */
export function asRequest(record) {
  if (record.kind === "request") return record;
  const { id, receivedAt, remote, local, reason, fault } = record;
  return {
    kind: "request",
    id,
    receivedAt,
    remote,
    local,
    method: "TLS",
    target: reason,
    path: "",
    query: [],
    version: "",
    headers: [],
    trailers: [],
    bodyBytes: 0,
    wireBytes: 0,
    sha256: "",
    verdict: "error",
    errors: [reason],
    fault,
    chain: [{ at: receivedAt, level: "error", where: "tls", message: reason }],
    end: "malformed",
    pieces: [],
  };
}
