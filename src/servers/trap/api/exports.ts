import type { StoredRequest } from "../records/stored_request.ts";
import { HAR_FRAME, toHarEntry } from "./har.ts";

// Pieces of this size need few writes and little memory.
const PIECE_LENGTH = 65_536;

/** One JSON object a line. @param toRecord makes the object of a request */
export function exportLines(
  requests: readonly StoredRequest[],
  toRecord: (request: StoredRequest) => unknown,
): AsyncIterable<Uint8Array> {
  return encodeLazily(lineTexts(requests, toRecord));
}

/** An HTTP Archive. */
export function exportHar(requests: readonly StoredRequest[]): AsyncIterable<Uint8Array> {
  return encodeLazily(harTexts(requests));
}

function* lineTexts(
  requests: readonly StoredRequest[],
  toRecord: (request: StoredRequest) => unknown,
): Generator<string> {
  for (const request of requests) yield JSON.stringify(toRecord(request)) + "\n";
}

function* harTexts(requests: readonly StoredRequest[]): Generator<string> {
  const [head, tail] = HAR_FRAME;
  yield head;
  for (const [index, request] of requests.entries()) {
    yield (index === 0 ? "\n" : ",\n") + JSON.stringify(toHarEntry(request));
  }
  yield tail;
}

/** Joins texts to pieces of bytes; each piece is made when the one before has been taken. */
async function* encodeLazily(texts: Iterable<string>): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE_LENGTH) continue;
    yield encoder.encode(piece);
    piece = "";
  }
  if (piece !== "") yield encoder.encode(piece);
}
