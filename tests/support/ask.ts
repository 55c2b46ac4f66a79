import { exchange } from "./loopback.ts";

/** One response as it came over the wire. */
export interface Response {
  readonly status: number;
  readonly reason: string;
  /** Values by name in lower case, in the order sent. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** The content, UTF-8 decoded. */
  readonly body: string;
}

/** The request, apart from method and target. */
export interface AskOptions {
  /** Field lines, each with its CRLF. */
  readonly fields?: string;
  readonly content?: string;
}

/** Sends one request on a connection of its own. */
export async function ask(port: number, line: string, options: AskOptions = {}): Promise<Response> {
  const { fields = "", content } = options;
  const length = content === undefined
    ? ""
    : `Content-Length: ${new TextEncoder().encode(content).length}\r\n`;
  const head = `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n${fields}${length}\r\n`;
  return parseResponse(await exchange(port, head + (content ?? "")));
}

/** Parses a response. @param text bytes seen as latin1; everything after the head is content */
export function parseResponse(text: string): Response {
  const headEnd = text.indexOf("\r\n\r\n");
  const [statusLine, ...lines] = text.slice(0, headEnd).split("\r\n");
  const [, status, reason] = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(statusLine!) ?? [];
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    fields.set(name, [...fields.get(name) ?? [], line.slice(colon + 1).trim()]);
  }
  const bytes = Uint8Array.from(text.slice(headEnd + 4), (character) => character.charCodeAt(0));
  return { status: Number(status), reason: reason ?? "", fields, body: new TextDecoder().decode(bytes) };
}
