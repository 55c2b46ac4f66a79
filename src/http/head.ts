// One line of a head, as bytes, becomes values here; head-wide rules stand in checkHead().

import { HttpError } from "./errors.ts";
import { decideFraming, type Framing } from "./framing.ts";
import { BROWSER_URI_BYTE, BYTE_CLASSES, FIELD_BYTE, TCHAR, URI_BYTE } from "./grammar.ts";
import { isHost, isHostWithPort } from "./host.ts";
import type { RequestHead } from "./request.ts";
import { authorityOf } from "./target.ts";

/** Which bytes a request target may hold beside those of RFC 3986: none, or those that browsers leave unencoded. */
export type TargetBytes = "rfc3986" | "whatwg";

/** Where the parts of a request line stand, as indexes into the line's array. */
export interface RequestLineParts {
  /** Index of the SP behind the method. */
  readonly methodEnd: number;
  /** Index of the SP in front of the version. */
  readonly targetEnd: number;
}

const SP = 0x20;
const HTAB = 0x09;
const CR = 0x0d;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Finds the shape `token SP target SP HTTP/DIGIT.DIGIT` (RFC 9112 §3); what stands between the outer two spaces is not judged.
 *
 * @returns undefined when the line does not have that shape: it is no HTTP at all
 */
export function findRequestLineParts(line: Uint8Array, start: number, end: number): RequestLineParts | undefined {
  const targetEnd = end - 9;
  let methodEnd = start;
  while (methodEnd < targetEnd && (BYTE_CLASSES[line[methodEnd]!]! & TCHAR) !== 0) methodEnd++;
  if (methodEnd === start || methodEnd >= targetEnd || line[methodEnd] !== SP) return undefined;
  return line[targetEnd] === SP && isHttpVersion(line, targetEnd + 1) ? { methodEnd, targetEnd } : undefined;
}

/** `HTTP-version`, RFC 9112 §2.3: "HTTP/" DIGIT "." DIGIT, with the letters in upper case */
function isHttpVersion(line: Uint8Array, at: number): boolean {
  return line[at] === 0x48 && line[at + 1] === 0x54 && line[at + 2] === 0x54 && line[at + 3] === 0x50 &&
    line[at + 4] === 0x2f && isDigit(line[at + 5]!) && line[at + 6] === 0x2e && isDigit(line[at + 7]!);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/**
 * Finds the first byte that no request target may hold.
 *
 * @returns its index, or -1
 */
export function findBadTargetByte(line: Uint8Array, span: RequestLineParts, allowed: TargetBytes): number {
  const flags = allowed === "whatwg" ? URI_BYTE | BROWSER_URI_BYTE : URI_BYTE;
  if (span.methodEnd + 1 === span.targetEnd) return span.targetEnd;
  for (let i = span.methodEnd + 1; i < span.targetEnd; i++) {
    if ((BYTE_CLASSES[line[i]!]! & flags) === 0) return i;
  }
  return -1;
}

/**
 * Checks which of the four forms a target has, and whether the method goes with it (RFC 9112 §3.2).
 *
 * @throws {HttpError} 400 when it has none of them
 */
export function checkTargetForm(method: string, target: string): void {
  if (method === "CONNECT") {
    if (!isHostWithPort(target)) throw badTarget(`expected host:port with CONNECT, got ${JSON.stringify(target)}`);
    return;
  }
  if (target.startsWith("/")) return;
  if (target === "*" && method === "OPTIONS") return;
  const authority = authorityOf(target);
  // RFC 9110 §4.2.1: an http URI with an empty host is invalid.
  if (authority !== undefined && authority !== "" && !authority.startsWith(":") && isHost(authority)) return;
  throw badTarget(`expected a path or an http URI, got ${JSON.stringify(target)}`);
}

function badTarget(state: string): HttpError {
  return new HttpError(400, `Cannot read the request target: ${state}`, { code: "bad-target" });
}

/** Where the parts of a field line stand, as indexes into the line's array; the value without OWS. */
export interface FieldLineParts {
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Whether all bytes are ASCII. */
  readonly isAscii: boolean;
}

/**
 * Reads `field-name ":" OWS field-value OWS` (RFC 9112 §5), without the CRLF.
 *
 * @throws {HttpError} 400 with the index of the fault as its offset, for white space in front of the name or the
 *   colon (§5.1), obs-fold (§5.2), an empty name, and control bytes in the value (RFC 9110 §5.5)
 */
export function findFieldParts(line: Uint8Array, start: number, end: number): FieldLineParts {
  let nameEnd = start;
  while (nameEnd < end && (BYTE_CLASSES[line[nameEnd]!]! & TCHAR) !== 0) nameEnd++;
  if (nameEnd === start || nameEnd === end || line[nameEnd] !== COLON) throw badName(line, start, nameEnd, end);
  let valueStart = nameEnd + 1;
  while (valueStart < end && isOws(line[valueStart]!)) valueStart++;
  let union = 0;
  for (let i = valueStart; i < end; i++) {
    const byte = line[i]!;
    if ((BYTE_CLASSES[byte]! & FIELD_BYTE) === 0) throw badField("control byte in the value", i);
    union |= byte;
  }
  let valueEnd = end;
  while (valueEnd > valueStart && isOws(line[valueEnd - 1]!)) valueEnd--;
  return { nameEnd, valueStart, valueEnd, isAscii: union < 0x80 };
}

function isOws(byte: number): boolean {
  return byte === SP || byte === HTAB;
}

function badName(line: Uint8Array, start: number, nameEnd: number, end: number): HttpError {
  if (start < end && isOws(line[start]!)) return badField("line begins with white space (obs-fold)", start);
  if (nameEnd === end) return badField("no colon", nameEnd);
  if (isOws(line[nameEnd]!)) return badField("white space in front of the colon", nameEnd);
  return badField(line[nameEnd] === COLON ? "empty name" : "bad byte in the name", nameEnd);
}

function badField(state: string, index: number): HttpError {
  return new HttpError(400, `Cannot read a field: ${state}`, { code: "bad-field", offset: index });
}

/**
 * Finds where the content of a line ends that was cut at its LF.
 *
 * @param lineFeed index of the LF
 * @returns the index of the CR in front of it, or -1 for a bare LF (RFC 9112 §2.2)
 */
export function findCarriageReturn(line: Uint8Array, start: number, lineFeed: number): number {
  return lineFeed > start && line[lineFeed - 1] === CR ? lineFeed - 1 : -1;
}

/**
 * Checks what concerns a head as a whole: its framing, and the Host field (RFC 9112 §3.2).
 *
 * @param validHost a value of Host that has been checked before
 * @throws {HttpError} what {@linkcode decideFraming} throws; 400 for a missing, repeated or malformed Host
 */
export function checkHead(head: RequestHead, validHost?: string): Framing {
  const framing = decideFraming(head.headers, head.version);
  const host = head.headers.get("host");
  if (host === undefined) {
    if (head.version !== "1.0") throw badHost("missing");
  } else {
    if (head.headers.count("host") > 1) throw badHost("more than one");
    if (host !== validHost && !isHost(host)) throw badHost(`expected host[:port], got ${JSON.stringify(host)}`);
  }
  return framing;
}

function badHost(state: string): HttpError {
  return new HttpError(400, `Cannot read Host: ${state}`, { code: "bad-host" });
}
