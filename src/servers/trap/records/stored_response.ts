import { createHash } from "node:crypto";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import { ResponseParser } from "../upstream/response_parser.ts";
import type { ResponseRecord } from "./request_record.ts";

/** Facts about a response, without its bytes. */
export type ResponseFacts = Omit<ResponseRecord, "truncated" | "sha256"> & {
  /** SHA-256 of the content, if not all of its bytes are kept. */
  readonly sha256?: string;
};

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
  // Computed only on demand: hashing costs as much as a small response.
  const sha256 = facts.sha256 ?? createHash("sha256").update(contentOf(response)).digest("hex");
  const record = { ...facts, sha256 };
  return kept.length < facts.wireBytes ? { ...record, truncated: { keptBytes: kept.length } } : record;
}

/** The kept part of the content of a response, without framing. */
export function contentOf({ kept, method }: Pick<StoredResponse, "kept" | "method">): Uint8Array {
  const pieces: Uint8Array[] = [];
  const parser = new ResponseParser(method, {
    onHead: () => {},
    onContent: (bytes) => void pieces.push(bytes),
  });
  try {
    parser.push(kept, kept.length);
  } catch {
    // The bytes before the fault are content.
  }
  return joinBytes(pieces);
}

/** Cuts the kept bytes of a response. */
export function cutResponse(response: StoredResponse, maxBytes: number): StoredResponse {
  if (response.kept.length <= maxBytes) return response;
  const { sha256 } = toResponseRecord(response);
  return { ...response, facts: { ...response.facts, sha256 }, kept: response.kept.slice(0, maxBytes) };
}
