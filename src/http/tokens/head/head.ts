// Turns one line of a head from bytes into values; the rules for a head as a whole are in checkHead().

import { COLON, CR, DEL, HTAB, NINE, QUESTION_MARK, SLASH, SP, ZERO } from "../../../bytes/ascii.ts";
import { HttpError } from "../../errors.ts";
import { decideRequestFraming, type Framing } from "../framing.ts";
import { BROWSER_URI_BYTE, BYTE_CLASSES, isOws, TCHAR, URI_BYTE } from "../../grammar.ts";
import type { FramingFields } from "../../headers.ts";
import { isHost, isHostWithPort } from "../../host.ts";
import type { RequestHead } from "./request_head.ts";
import { authorityOf } from "../../target.ts";

/**
 * The bytes that a request target may hold apart from those of RFC 3986: none, or those that browsers leave
 * unencoded.
 */
export type TargetBytes = "rfc3986" | "whatwg";

/** Length of " HTTP/1.1". */
export const VERSION_BYTES = 9;

/**
 * Finds the shape `token SP target SP HTTP/DIGIT.DIGIT` (RFC 9112 §3). The text between the outer two spaces
 * is not judged.
 *
 * @returns the index of the SP after the method; -1 if the line does not have that shape: then it is not HTTP
 */
export function findMethodEnd(line: Uint8Array, start: number, end: number): number {
  const targetEnd = end - VERSION_BYTES;
  const methodEnd = findTokenEnd(line, start, targetEnd);
  if (methodEnd === start || methodEnd >= targetEnd || line[methodEnd] !== SP) return -1;
  return line[targetEnd] === SP && isHttpVersion(line, targetEnd + 1) ? methodEnd : -1;
}

/** `HTTP-version`, RFC 9112 §2.3: "HTTP/" DIGIT "." DIGIT, with the letters in upper case */
export function isHttpVersion(line: Uint8Array, at: number): boolean {
  return line[at] === 0x48 && line[at + 1] === 0x54 && line[at + 2] === 0x54 && line[at + 3] === 0x50 &&
    line[at + 4] === 0x2f && isDigit(line[at + 5]!) && line[at + 6] === 0x2e && isDigit(line[at + 7]!);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/**
 * Finds the first byte that no request target may hold.
 *
 * @returns its index, or -1; the end for an empty target
 */
export function findBadTargetByte(
  line: Uint8Array,
  start: number,
  end: number,
  allowed: TargetBytes,
): number {
  const flags = allowed === "whatwg" ? URI_BYTE | BROWSER_URI_BYTE : URI_BYTE;
  const authorityEnd = allowed === "whatwg" ? start : findAuthorityEnd(line, start, end);
  for (let i = start; i < end; i++) {
    const byte = line[i]!;
    if ((BYTE_CLASSES[byte]! & flags) === 0 && !(i < authorityEnd && isBracket(byte))) return i;
  }
  return start === end ? end : -1;
}

/**
 * Finds where the brackets of an IPv6 address may stand: in an authority-form, which has no slash, or after
 * "//".
 */
function findAuthorityEnd(line: Uint8Array, start: number, end: number): number {
  let slashes = 0;
  for (let i = start; i < end; i++) {
    const byte = line[i]!;
    if (byte === QUESTION_MARK) return i;
    if (byte === SLASH && (i === start || ++slashes === 3)) return i;
  }
  return end;
}

function isBracket(byte: number): boolean {
  return byte === 0x5b || byte === 0x5d;
}

/**
 * Checks which of the four forms a target has, and whether the method allows it (RFC 9112 §3.2).
 *
 * @throws {HttpError} 400 when it has none of them
 */
export function checkTargetForm(method: string, target: string): void {
  if (method === "CONNECT") {
    if (!isHostWithPort(target)) {
      throw badTarget(`expected host:port with CONNECT, got ${JSON.stringify(target)}`);
    }
    return;
  }
  if (target.startsWith("/")) return;
  if (target === "*" && method === "OPTIONS") return;
  const authority = authorityOf(target);
  // RFC 9110 §4.2.1: an http URI with an empty host is invalid.
  if (authority !== undefined && /^[^:]/.test(authority) && isHost(authority)) return;
  throw badTarget(`expected a path or an http URI, got ${JSON.stringify(target)}`);
}

/** The refusal of a request target; `offset` counts from the first byte of the connection. */
export function badTarget(state: string, offset?: number): HttpError {
  return new HttpError(400, `Cannot read the request target: ${state}`, { code: "bad-target", offset });
}

/**
 * Finds the colon of `field-name ":" OWS field-value OWS` (RFC 9112 §5).
 *
 * @returns its index
 * @throws {HttpError} 400 with the index of the fault as its offset, for white space in front of the name or
 *   the colon (§5.1), obs-fold (§5.2), and an empty name
 */
export function findColon(line: Uint8Array, start: number, end: number): number {
  const nameEnd = findTokenEnd(line, start, end);
  if (nameEnd === start || nameEnd === end || line[nameEnd] !== COLON) {
    throw badName(line, start, nameEnd, end);
  }
  return nameEnd;
}

/** The index of the first byte from `start` on that belongs to no token, or the end. */
export function findTokenEnd(line: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && (BYTE_CLASSES[line[index]!]! & TCHAR) !== 0) index++;
  return index;
}

/** The index of the first byte from `start` on that is not OWS, or the end. */
export function skipOws(line: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && isOws(line[index]!)) index++;
  return index;
}

/** The index after the last byte that is not OWS, or the start. */
export function skipOwsBackwards(line: Uint8Array, start: number, end: number): number {
  let index = end;
  while (index > start && isOws(line[index - 1]!)) index--;
  return index;
}

/**
 * Checks the bytes of a field value (RFC 9110 §5.5).
 *
 * @returns whether all of them are ASCII
 * @throws {HttpError} 400 with the index of the fault as its offset, for a control byte
 */
export function checkFieldValue(line: Uint8Array, start: number, end: number): boolean {
  let union = 0;
  for (let i = start; i < end; i++) {
    const byte = line[i]!;
    if (byte < SP ? byte !== HTAB : byte === DEL) throw badField("control byte in the value", i);
    union |= byte;
  }
  return union < 0x80;
}

function badName(line: Uint8Array, start: number, nameEnd: number, end: number): HttpError {
  if (start < end && isOws(line[start]!)) {
    return badField("white space in front of the name (obs-fold)", start);
  }
  if (line.subarray(nameEnd, end).indexOf(COLON) < 0) return badField("no colon", nameEnd);
  if (isOws(line[nameEnd]!)) return badField("white space in front of the colon", nameEnd);
  return badField(line[nameEnd] === COLON ? "empty name" : "bad byte in the name", nameEnd);
}

function badField(state: string, index: number): HttpError {
  return new HttpError(400, `Cannot read a field: ${state}`, { code: "bad-field", offset: index });
}

/** The refusal of a section with too many bytes or lines; `offset` counts from the first byte of the connection. */
export function tooLarge(section: "head" | "trailer section", limit: string, offset: number): HttpError {
  return new HttpError(431, `Cannot take the ${section}: limit is ${limit}`, {
    code: "head-too-large",
    offset,
  });
}

/**
 * Finds the end of the content of a line that was cut at its LF.
 *
 * @param lineFeed index of the LF
 * @returns the index of the CR in front of it, or -1 for a bare LF (RFC 9112 §2.2)
 */
export function findCarriageReturn(line: Uint8Array, start: number, lineFeed: number): number {
  return lineFeed > start && line[lineFeed - 1] === CR ? lineFeed - 1 : -1;
}

/**
 * Checks a head as a whole: its framing, and the Host field (RFC 9112 §3.2).
 *
 * @param fields the result of {@linkcode HttpHeaders.framing} for it
 * @param validHost a value of Host that has been checked before
 * @throws {HttpError} the errors of {@linkcode decideRequestFraming}; 400 for a missing, repeated or
 *   malformed Host
 */
export function checkHead(head: RequestHead, fields: FramingFields, validHost?: string): Framing {
  const framing = decideRequestFraming(head.headers, head.version, fields);
  const { host } = fields;
  if (host === null) throw badHost("more than one");
  if (host === undefined) {
    if (head.version !== "1.0") throw badHost("missing");
  } else if (host !== validHost && !isHost(host)) {
    throw badHost(`expected host[:port], got ${JSON.stringify(host)}`);
  }
  return framing;
}

function badHost(state: string): HttpError {
  return new HttpError(400, `Cannot read Host: ${state}`, { code: "bad-host" });
}
