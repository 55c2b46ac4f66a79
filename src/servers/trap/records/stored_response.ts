import { createHash } from "node:crypto";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { ResponseParser } from "../upstream/response_parser.ts";
import type { InterimRecord, ResponseRecord } from "./request_record.ts";

/** The fields of a response, and those of the interim responses before it. */
export type ResponseFields = Pick<Required<ResponseRecord>, "interim" | "headers" | "trailers">;

/**
 * Facts about a response, without its bytes. The fields and the hash are there if not all of its bytes are
 * kept; otherwise {@linkcode readResponse} finds them in the bytes, because few responses are ever looked at,
 * and each field would be work for the collector.
 */
export type ResponseFacts =
  & Omit<ResponseRecord, "truncated" | "sha256" | keyof ResponseFields>
  & Partial<ResponseFields & Pick<ResponseRecord, "sha256">>;

/** The parts of a response. */
export interface ResponseParts extends ResponseFields {
  /** The kept part of its content, without framing. */
  readonly content: Uint8Array;
}

/** A response with its bytes: the first ones, or all. */
export interface StoredResponse {
  /** Facts about the response, without its bytes. */
  readonly facts: ResponseFacts;
  /** The method of the request. */
  readonly method: string;
  /** The bytes as they came or went, as far as they are kept. */
  readonly kept: Uint8Array;
}

/** A response in the API. */
export function toResponseRecord(response: StoredResponse): ResponseRecord {
  const { facts, kept } = response;
  const { kind, status, ...rest } = facts;
  const { interim, headers, trailers, content } = readResponse(response);
  const sha256 = facts.sha256 ?? createHash("sha256").update(content).digest("hex");
  const before = interim.length === 0 ? {} : { interim };
  const record = { kind, status, ...before, headers, trailers, ...rest, sha256 };
  return kept.length < facts.wireBytes ? { ...record, truncated: { keptBytes: kept.length } } : record;
}

/** Finds the parts of a response in its bytes. */
export function readResponse({ facts, kept, method }: StoredResponse): ResponseParts {
  const pieces: Uint8Array[] = [];
  const interim: InterimRecord[] = [];
  let headers: readonly HeaderField[] = [];
  const parser = new ResponseParser(method, {
    onInterim: ({ status, headers }) => void interim.push({ status, headers: [...headers] }),
    onHead: (head) => headers = [...head.headers],
    onContent: (bytes) => void pieces.push(bytes),
  });
  try {
    parser.push(kept, kept.length);
  } catch {
    // The bytes before the fault are content.
  }
  return {
    interim: facts.interim ?? interim,
    headers: facts.headers ?? headers,
    trailers: facts.trailers ?? [...parser.trailers],
    content: joinBytes(pieces),
  };
}

/** Cuts the kept bytes of a response. */
export function cutResponse(response: StoredResponse, maxBytes: number): StoredResponse {
  if (response.kept.length <= maxBytes) return response;
  const { interim = [], headers, trailers, sha256 } = toResponseRecord(response);
  const facts = { ...response.facts, interim, headers, trailers, sha256 };
  return { ...response, facts, kept: response.kept.slice(0, maxBytes) };
}
