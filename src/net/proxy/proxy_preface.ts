// The bytes that a proxy sends before a connection's first byte: the PROXY protocol of HAProxy, versions 1
// and 2. https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt

import { type NetAddress, tcpAddress, unixAddress } from "../address.ts";
import { ConnectionError } from "../connection.ts";
import { canonicalIp } from "../ip_address.ts";

/** A preface that is complete. */
export interface Preface {
  /** Its length in bytes; the bytes after it belong to the connection. */
  readonly length: number;
  /**
   * Both ends as the proxy saw them; undefined if it speaks for itself (LOCAL) or does not know them
   * (UNKNOWN).
   */
  readonly ends: ConnectionEnds | undefined;
}

/** Both ends of a connection. */
export interface ConnectionEnds {
  /** The client's. */
  readonly remote: NetAddress;
  /** The address that the client connected to. */
  readonly local: NetAddress;
}

/**
 * The longest preface that is read. Version 1 has 107 bytes at most; in version 2 the rest is for extensions
 * (TLV).
 */
export const MAX_PREFACE_BYTES = 4_096;

const MAX_LINE_BYTES = 107;
const MAX_PORT = 65_535;
const LINE_START = bytesOf("PROXY ");
const SIGNATURE = bytesOf("\r\n\r\n\0\r\nQUIT\n");
const HEADER_BYTES = 16;

/**
 * Reads a preface from the bytes received so far.
 *
 * @returns undefined while more bytes are needed, never with {@linkcode MAX_PREFACE_BYTES} or more of them
 * @throws {ConnectionError} `bad-preface` at the first byte that no preface can have there
 */
export function parsePreface(bytes: Uint8Array): Preface | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] === LINE_START[0]) return parseLine(bytes);
  return parseBinary(bytes);
}

/** Version 1, §2.1: `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443` CR LF. */
function parseLine(bytes: Uint8Array): Preface | undefined {
  checkStart(bytes, LINE_START);
  const end = bytes.subarray(0, MAX_LINE_BYTES).indexOf(0x0a);
  if (end < 0) {
    if (bytes.length >= MAX_LINE_BYTES) throw badPreface(`a line of ${MAX_LINE_BYTES} bytes at most`, bytes);
    return undefined;
  }
  if (bytes[end - 1] !== 0x0d) throw badPreface("CR LF", bytes);
  const words = String.fromCharCode(...bytes.subarray(LINE_START.length, end - 1)).split(" ");
  const [protocol, source, destination, sourcePort, destinationPort] = words;
  const length = end + 1;
  // Everything after this word is to be ignored.
  if (protocol === "UNKNOWN") return { length, ends: undefined };
  const remote = readAddress(protocol, source, sourcePort);
  const local = readAddress(protocol, destination, destinationPort);
  if (words.length !== 5 || remote === undefined || local === undefined) {
    throw badPreface("TCP4 or TCP6, two addresses and two ports", bytes);
  }
  return { length, ends: { remote, local } };
}

function readAddress(protocol = "", host = "", port = ""): NetAddress | undefined {
  const isRightFamily = protocol === (host.includes(":") ? "TCP6" : "TCP4");
  const hostname = isRightFamily ? canonicalIp(host) : undefined;
  const isPort = /^(?:0|[1-9][0-9]{0,4})$/.test(port) && Number(port) <= MAX_PORT;
  return hostname === undefined || !isPort ? undefined : tcpAddress(hostname, Number(port));
}

/** Version 2, §2.2: signature, version and command, family and protocol, length, addresses, extensions. */
function parseBinary(bytes: Uint8Array): Preface | undefined {
  checkStart(bytes, SIGNATURE);
  if (bytes.length > 12 && bytes[12] !== 0x20 && bytes[12] !== 0x21) {
    throw badPreface("version 2 and the command LOCAL or PROXY", bytes);
  }
  if (bytes.length > 13 && (bytes[13]! >> 4 > 3 || (bytes[13]! & 15) > 2)) {
    throw badPreface("a known family and protocol", bytes);
  }
  if (bytes.length < HEADER_BYTES) return undefined;
  const length = HEADER_BYTES + bytes[14]! * 256 + bytes[15]!;
  if (length > MAX_PREFACE_BYTES) throw badPreface(`${MAX_PREFACE_BYTES} bytes at most`, bytes);
  if (bytes.length < length) return undefined;
  const isLocal = bytes[12] === 0x20;
  return { length, ends: isLocal ? undefined : readEnds(bytes[13]!, bytes.subarray(HEADER_BYTES, length)) };
}

/** The addresses of version 2. @returns undefined if they are not of a stream */
function readEnds(kind: number, block: Uint8Array): ConnectionEnds | undefined {
  switch (kind) {
    case 0x11:
      return readIpEnds(block, 4);
    case 0x21:
      return readIpEnds(block, 16);
    case 0x31:
      checkLength(block, 216);
      return { remote: readPath(block.subarray(0, 108)), local: readPath(block.subarray(108, 216)) };
    default:
      return undefined;
  }
}

function readIpEnds(block: Uint8Array, size: 4 | 16): ConnectionEnds {
  checkLength(block, 2 * size + 4);
  const portAt = (index: number): number => block[index]! * 256 + block[index + 1]!;
  return {
    remote: tcpAddress(writeIp(block.subarray(0, size)), portAt(2 * size)),
    local: tcpAddress(writeIp(block.subarray(size, 2 * size)), portAt(2 * size + 2)),
  };
}

function writeIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! * 256 + bytes[2 * i + 1]!).toString(16));
  return canonicalIp(groups.join(":"))!;
}

function readPath(bytes: Uint8Array): NetAddress {
  const end = bytes.indexOf(0);
  return unixAddress(new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)));
}

function checkLength(block: Uint8Array, length: number): void {
  if (block.length < length) throw badPreface(`${length} bytes of addresses, got ${block.length}`, block);
}

function checkStart(bytes: Uint8Array, start: Uint8Array): void {
  for (let i = 0; i < bytes.length && i < start.length; i++) {
    if (bytes[i] !== start[i]) throw badPreface("PROXY", bytes);
  }
}

function badPreface(expected: string, bytes: Uint8Array): ConnectionError {
  const got = JSON.stringify(String.fromCharCode(...bytes.subarray(0, 40)));
  return new ConnectionError(
    "bad-preface",
    `Cannot read the preface of a proxy: expected ${expected}, got ${got}`,
  );
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
