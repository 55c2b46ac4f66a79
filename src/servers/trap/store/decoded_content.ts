// Decoded content for the search and for terminals: without codings and escapes.

import zlib from "node:zlib";
import { decodeLatin1 } from "../../../bytes/latin1.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { decodeParameter } from "../records/parameters.ts";
import type { StoredRequest } from "../records/stored_request.ts";

// A search reads many requests: content that is larger than this after decoding is searched as it came.
const MAX_DECODED_BYTES = 8_388_608;
const MAX_SEARCHED_BYTES = 134_217_728;
// Damage may be at the very end: the number of bytes decoded before it is unknown.
const DAMAGED_BYTES = 1_048_576;
const MAX_CODINGS = 4;

const PERCENT = 0x25;
const PLUS = 0x2b;
const BACKSLASH = 0x5c;

type Decoder = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

// Node 20 has no zstd.
const ZSTD = (zlib as { readonly zstdDecompressSync?: Decoder }).zstdDecompressSync;
const DECODERS: Readonly<Record<string, Decoder | undefined>> = {
  "gzip": zlib.gunzipSync,
  "x-gzip": zlib.gunzipSync,
  "deflate": inflate,
  "br": zlib.brotliDecompressSync,
  "zstd": ZSTD,
};

/** Some senders use the bare format under this name as well (RFC 9110 §8.4.1.2). */
function inflate(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array {
  try {
    return zlib.inflateSync(bytes, options);
  } catch {
    return zlib.inflateRawSync(bytes, options);
  }
}

/** The decoded bytes of one search: content that grows a thousandfold must not delay other clients. */
export class DecodingBudget {
  #remainingBytes = MAX_SEARCHED_BYTES;

  /** The largest allowed size of decoded content; 0 when the budget is used up. */
  get limit(): number {
    return Math.min(MAX_DECODED_BYTES, this.#remainingBytes);
  }

  /** Subtracts decoded bytes, or bytes that were about to be decoded. */
  spend(bytes: number): void {
    this.#remainingBytes = Math.max(0, this.#remainingBytes - bytes);
  }
}

/** The decoded forms of a request's target and content, each as bytes, if they differ from the original. */
export function* decodedForms(
  request: StoredRequest,
  budget: DecodingBudget,
): Generator<Uint8Array, void> {
  const { target } = request.facts;
  if (/[%+]/.test(target)) yield bytesOf(decodeParameter(target));
  const { body } = request;
  // The fields are read from the kept bytes each time.
  if (body.length === 0) return;
  const plain = decodedContent(request.headers, body, budget);
  if (plain === undefined) return;
  if (plain !== body) yield plain;
  if (plain.includes(PERCENT) || plain.includes(PLUS)) {
    yield bytesOf(decodeParameter(decodeLatin1(plain)));
  }
  if (plain.includes(BACKSLASH)) yield unescapeJson(plain);
}

/** Content without its codings; undefined when it has other codings, is damaged, or is too large. */
export function decodedContent(
  headers: readonly HeaderField[],
  body: Uint8Array,
  budget: DecodingBudget,
): Uint8Array | undefined {
  const codings = headers.filter(([name]) => name.toLowerCase() === "content-encoding")
    .flatMap(([, value]) => value.split(",")).map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  return codings.length === 0 ? body : decodeCodings(body, codings, budget);
}

function decodeCodings(
  body: Uint8Array,
  codings: readonly string[],
  budget: DecodingBudget,
): Uint8Array | undefined {
  if (codings.length > MAX_CODINGS) return undefined;
  let bytes = body;
  for (const coding of codings.toReversed()) {
    const decode = DECODERS[coding];
    const maxOutputLength = budget.limit;
    if (decode === undefined || maxOutputLength === 0) return undefined;
    try {
      bytes = decode(bytes, { maxOutputLength });
      budget.spend(bytes.length);
    } catch (error) {
      const isTooLarge = error instanceof RangeError;
      budget.spend(isTooLarge ? maxOutputLength : DAMAGED_BYTES);
      return undefined;
    }
  }
  return bytes;
}

/** Text without the escapes of JSON strings, as UTF-8; other text is unchanged. */
function unescapeJson(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const unescaped = text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g,
    (_, hex: string | undefined, mark: string) =>
      hex === undefined ? JSON_MARKS[mark]! : String.fromCharCode(parseInt(hex, 16)),
  );
  return new TextEncoder().encode(unescaped);
}

const JSON_MARKS: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(latin1, (character) => character.charCodeAt(0));
}
