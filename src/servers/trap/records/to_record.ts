// Makes the plain data of the API from a stored request.

import { Buffer } from "node:buffer";
import type { HeaderField } from "../../../http/headers.ts";
import { splitTarget } from "../../../http/target.ts";
import { createMicroTimestamps } from "../../../log/timestamp.ts";
import { splitQuery } from "./parameters.ts";
import { timeOf } from "./request_ids.ts";
import type { ContentRecord, RequestRecord, TlsRecord, TrapRecord } from "./request_record.ts";
import type { StoredRequest } from "./stored_request.ts";
import { toResponseRecord } from "./stored_response.ts";

/** A request in the API. */
export function toRecord(request: StoredRequest): TrapRecord {
  return request.facts.tlsFailure === undefined ? toRequestRecord(request) : toTlsRecord(request);
}

/** The record of a request. */
export function toRequestRecord(request: StoredRequest): RequestRecord {
  const { answer, facts, wire, shownResponse } = request;
  const chain = [...facts.chain];
  const errors = chain.filter(({ level }) => level === "error").map(({ message }) => message);
  const timestamp = createMicroTimestamps();
  const { headers } = request;
  const headersUtf8 = readUtf8(headers);
  return {
    kind: "request",
    id: facts.id,
    receivedAt: timeOf(facts.id),
    remote: facts.remote,
    local: facts.local,
    ...(facts.bin === undefined ? {} : { bin: facts.bin }),
    method: facts.method,
    target: facts.target,
    path: request.path,
    query: splitQuery(splitTarget(facts.target).query),
    version: facts.version,
    headers,
    ...(headersUtf8.length === 0 ? {} : { headersUtf8 }),
    ...(request.event === "" ? {} : { event: request.event }),
    trailers: facts.trailers,
    bodyBytes: facts.bodyBytes,
    wireBytes: wire.length,
    sha256: wire.sha256,
    verdict: errors.length === 0 ? "ok" : "error",
    errors,
    fault: request.fault,
    ...(facts.marks === undefined || facts.marks.length === 0 ? {} : { marks: facts.marks }),
    chain: chain.map(({ atMicros, level, where, message }) => ({
      at: timestamp(atMicros),
      level,
      where,
      message,
    })),
    end: facts.end,
    ...(facts.malformed === undefined ? {} : { malformed: facts.malformed }),
    ...(wire.isCut ? { truncated: { keptBytes: keptContentBytes(request) } } : {}),
    pieces: wire.pieces.map(({ atMicros, bytes }) => ({ at: timestamp(atMicros), bytes })),
    ...(answer === undefined ? {} : { answer }),
    ...(shownResponse === undefined ? {} : { response: toResponseRecord(shownResponse) }),
    ...(request.replays.length === 0 ? {} : {
      replays: request.replays.map((replay) => ({
        ...replay.facts,
        response: toResponseRecord(replay.response),
      })),
    }),
    ...(facts.signature === undefined ? {} : { signature: facts.signature }),
  };
}

/** The record of a failed handshake. */
function toTlsRecord({ facts }: StoredRequest): TlsRecord {
  return {
    kind: "tls",
    id: facts.id,
    receivedAt: timeOf(facts.id),
    remote: facts.remote,
    local: facts.local,
    reason: facts.tlsFailure ?? "",
    fault: "malformed",
  };
}

/** The kept part of the content of a request. */
export function toContentRecord(content: Uint8Array): ContentRecord {
  const text = decodeUtf8(content);
  return text === undefined
    ? { encoding: "base64", data: Buffer.from(content).toString("base64") }
    : { encoding: "text", data: text };
}

/** The text of bytes in UTF-8; undefined for other bytes, and for bytes with NUL, which no text has. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Fields with values beyond ASCII that are UTF-8. */
function readUtf8(headers: readonly HeaderField[]): readonly HeaderField[] {
  const texts: HeaderField[] = [];
  for (const [name, value] of headers) {
    if (!/[\u0080-\uffff]/.test(value)) continue;
    const text = decodeUtf8(Uint8Array.from(value, (character) => character.charCodeAt(0)));
    if (text !== undefined) texts.push([name, text]);
  }
  return texts;
}

/** How much is kept: of the content, or of all bytes if no content was understood. */
function keptContentBytes({ facts, wire, body }: StoredRequest): number {
  return facts.headBytes === 0 ? wire.keptBytes : body.length;
}
