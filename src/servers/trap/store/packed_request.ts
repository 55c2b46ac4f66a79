// A request in a database or in a shared list: one JSON text, and all bytes of the request and its responses in one
// piece.

import { createHash } from "node:crypto";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import { type ChainRecord, ChainRecords, type PackedChain } from "../records/chain_records.ts";
import { type RequestFacts, type StoredReplay, StoredRequest } from "../records/stored_request.ts";
import { readResponse, type ResponseFacts, type StoredResponse } from "../records/stored_response.ts";
import { type KeptBytes, WireBytes, type WirePiece } from "../records/wire_bytes.ts";

interface PackedResponse {
  readonly facts: ResponseFacts;
  readonly method: string;
  /** How many of the bytes belong to it. */
  readonly keptBytes: number;
}

/** Content of the JSON text. */
export interface PackedFacts {
  /** Facts about the request. */
  readonly facts: Omit<RequestFacts, "chain"> & { readonly chain: Iterable<ChainRecord> | PackedChain };
  /** Whether the trap's own response is the plain one, which is not among the facts then. */
  readonly hasPlainAnswer?: boolean;
  /** The number of bytes that came. */
  readonly length: number;
  /** SHA-256 of all of them; undefined if all are kept, and it can be found again. */
  readonly sha256?: string;
  /** The reads in which they came. */
  readonly pieces: readonly WirePiece[];
  /** How many of the bytes belong to the request; undefined if all do. */
  readonly keptBytes?: number;
  /** The response that was forwarded or scripted; its bytes follow. */
  readonly response?: PackedResponse;
  /** The replays; the bytes of their responses follow. */
  readonly replays?: readonly { readonly facts: StoredReplay["facts"]; readonly response: PackedResponse }[];
}

/** A request ready to be stored. */
export interface PackedRequest {
  /** For the JSON text. */
  readonly facts: PackedFacts;
  /** All bytes, those of the request first. */
  readonly bytes: Uint8Array;
}

/** Makes a row from a request, without anything that is found again in its bytes. */
export function packRequest(request: StoredRequest): PackedRequest {
  const { wire, response, replays } = request;
  const { length, pieces, isCut } = wire;
  const kept = wire instanceof WireBytes ? wire.join() : wire.kept;
  const plain = {
    facts: { ...request.facts, chain: request.facts.chain.pack() },
    ...(request.hasPlainAnswer ? { hasPlainAnswer: true } : {}),
    length,
    ...(isCut ? { sha256: wire.sha256 } : {}),
    pieces,
  };
  if (response === undefined && replays.length === 0) return { facts: plain, bytes: kept };
  return {
    facts: {
      ...plain,
      keptBytes: kept.length,
      ...(response === undefined ? {} : { response: packResponse(response) }),
      replays: replays.map((replay) => ({ facts: replay.facts, response: packResponse(replay.response) })),
    },
    bytes: joinBytes([
      kept,
      ...(response === undefined ? [] : [response.kept]),
      ...replays.map((replay) => replay.response.kept),
    ]),
  };
}

/** Makes a row that earlier releases can read too: they expect fields, hashes and responses among the facts. */
export function packForArchive(request: StoredRequest): PackedRequest {
  const { headers, answer, response, wire } = request;
  const { facts, bytes } = packRequest(request);
  const { hasPlainAnswer: _, ...rest } = facts;
  return {
    facts: {
      ...rest,
      facts: { ...request.facts, headers, ...(answer === undefined ? {} : { answer }) },
      sha256: wire.sha256,
      ...(response === undefined ? {} : { response: withFields(response) }),
      ...(facts.replays === undefined ? {} : {
        replays: request.replays.map((replay) => ({
          facts: replay.facts,
          response: withFields(replay.response),
        })),
      }),
    },
    bytes,
  };
}

function packResponse({ facts, method, kept }: StoredResponse): PackedResponse {
  return { facts, method, keptBytes: kept.length };
}

function withFields(response: StoredResponse): PackedResponse {
  const { headers, trailers } = readResponse(response);
  const packed = packResponse(response);
  return { ...packed, facts: { ...packed.facts, headers, trailers } };
}

/** Makes a request from a row. */
export function unpackRequest(packed: PackedFacts, bytes: Uint8Array): StoredRequest {
  const { facts, length, sha256, pieces, keptBytes = bytes.length, response, replays = [] } = packed;
  let at = keptBytes;
  const take = ({ facts, method, keptBytes }: PackedResponse): StoredResponse => {
    return { facts, method, kept: bytes.subarray(at, at += keptBytes) };
  };
  const kept = bytes.subarray(0, keptBytes);
  const isCut = keptBytes < length;
  const wire: KeptBytes = {
    kept,
    keptBytes,
    length,
    pieces,
    isCut,
    get sha256(): string {
      return sha256 ?? createHash("sha256").update(kept).digest("hex");
    },
  };
  const chain = ChainRecords.of(facts.chain);
  const request = new StoredRequest({ ...facts, chain }, wire, response && take(response));
  if (packed.hasPlainAnswer) request.setPlainAnswer();
  for (const replay of replays) request.addReplay({ facts: replay.facts, response: take(replay.response) });
  return request;
}

/** Reads the JSON text of a row. @throws {RangeError} when it was not written here */
export function parseArchived(text: unknown): PackedFacts {
  const fault = new RangeError("Cannot read a request: its facts are damaged");
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch {
    throw fault;
  }
  if (typeof value !== "object" || value === null || !("facts" in value) || !("pieces" in value)) throw fault;
  return value as PackedFacts;
}
