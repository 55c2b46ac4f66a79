import type { TcpAddress } from "../../src/net/address.ts";
import { type Connection, ConnectionError } from "../../src/net/connection.ts";
import type { connect, listen } from "../../src/net/listen.ts";

/** An adapter as the suite sees it, without TLS. */
export interface PlainAdapter {
  readonly listen: typeof listen;
  readonly connect: typeof connect;
}

/** An adapter as the suite sees it. */
export interface Adapter extends PlainAdapter {
  /** Connects by other means than the adapter, which cannot connect over TLS. */
  readonly connectTls: (address: TcpAddress, cert: string) => Promise<TlsClient>;
}

/** A TLS client of the current runtime, with half-close. */
export interface TlsClient {
  /** Sends text, then the end. */
  end(text: string): Promise<void>;
  /** Reads to the end. */
  readAll(): Promise<string>;
  /** Drops the connection. */
  close(): void;
}

/** Registers a test with the current test runner. */
export type RegisterTest = (name: string, body: () => Promise<void>) => void;

const decoder = new TextDecoder();

/** Reads a text of this many bytes, or less if the peer ends first. */
export async function readText(connection: Connection, length: number): Promise<string> {
  const buffer = new Uint8Array(length);
  let size = 0;
  while (size < length) {
    const count = await connection.read(buffer.subarray(size));
    if (count === null) break;
    size += count;
  }
  return decoder.decode(buffer.subarray(0, size));
}

/** Reads a text to the end. */
export async function readAll(connection: Connection): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, count));
  }
  return text;
}

/** Reads and drops bytes. @returns how many came */
export async function readLength(connection: Connection, maxLength: number = Infinity): Promise<number> {
  const buffer = new Uint8Array(65_536);
  let length = 0;
  while (length < maxLength) {
    const count = await connection.read(buffer.subarray(0, Math.min(buffer.length, maxLength - length)));
    if (count === null) break;
    length += count;
  }
  return length;
}

/** The code of a ConnectionError, or any other error as text. */
export function codeOf(error: unknown): string {
  return error instanceof ConnectionError ? error.code : String(error);
}
