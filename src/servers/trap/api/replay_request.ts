// The content of `POST /api/requests/<id>/replay`.

import { Buffer } from "node:buffer";
import { HttpError } from "../../../http/errors.ts";
import { isFieldValue, isToken } from "../../../http/grammar.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { parseUpstreamUrl, type UpstreamUrl } from "../upstream/upstream_url.ts";

/** A request to send again, as the call describes it. */
export interface ReplayRequest {
  /** The URL to send it to. */
  readonly url: UpstreamUrl;
  /** Whether the stored bytes are sent unchanged. */
  readonly isExact: boolean;
  /** Replaces the method. */
  readonly method: string | undefined;
  /** Replaces the target. */
  readonly target: string | undefined;
  /** Makes the new fields from the stored ones. */
  readonly changeHeaders: (headers: readonly HeaderField[]) => readonly HeaderField[];
  /** Replaces the content. */
  readonly body: Uint8Array | undefined;
}

const KEYS = ["url", "method", "path", "headers", "body", "exact"];
const EDITS = ["method", "path", "headers", "body"];

/**
 * Reads a call: `{ url, method?, path?, headers?, body?, exact? }`. Without changes, and with an `http` URL
 * without a path, the stored bytes are sent unchanged.
 *
 * @throws {HttpError} 400 for unknown keys, for bad values, and for members that would be ignored
 */
export function readReplayRequest(call: Readonly<Record<string, unknown>>): ReplayRequest {
  const stranger = Object.keys(call).find((key) => !KEYS.includes(key));
  if (stranger !== undefined) throw bad(stranger, `only ${KEYS.join(", ")}`, stranger);
  const url = readUrl(call["url"]);
  const hasPlace = url.path !== "" || url.query !== "";
  const edits = EDITS.filter((key) => call[key] !== undefined);
  const { exact } = call;
  if (exact !== undefined && typeof exact !== "boolean") throw bad("exact", "true or false", exact);
  if (exact === true && (hasPlace || edits.length > 0)) {
    throw bad(
      "exact",
      `nothing else beside a URL without path, as the bytes stay`,
      [...edits, url.path].join(" "),
    );
  }
  if (hasPlace && call["path"] !== undefined) {
    throw bad("path", "it in the URL or here, not in both", call["path"]);
  }
  return {
    url,
    isExact: exact ?? (!hasPlace && edits.length === 0 && !url.isEncrypted),
    method: readMethod(call["method"]),
    target: hasPlace ? `${url.path || "/"}${url.query}` : readPath(call["path"]),
    changeHeaders: readHeaders(call["headers"]),
    body: readBody(call["body"]),
  };
}

function readUrl(value: unknown): UpstreamUrl {
  const url = typeof value === "string" ? parseUpstreamUrl(value) : undefined;
  if (url === undefined) throw bad("url", "http://host:port or https://host/path", value);
  // A slash at the end of a path has a meaning; the slash after the host has none.
  const { pathname } = new URL(url.href);
  return { ...url, path: pathname === "/" ? "" : pathname };
}

function readMethod(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && isToken(value))) return value;
  throw bad("method", "a method", value);
}

function readPath(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^(\/[\x21-\x7e\x80-\xff]*|\*)$/.test(value)) return value;
  throw bad("path", 'a path that begins with "/", perhaps with a query', value);
}

/** A list of names and values replaces all fields. An object changes some of them: null removes one. */
function readHeaders(value: unknown): ReplayRequest["changeHeaders"] {
  if (value === undefined) return (headers) => headers;
  if (Array.isArray(value)) {
    const fields = value.map(readField);
    return () => fields;
  }
  if (typeof value !== "object" || value === null) {
    throw bad("headers", "a list or an object of fields", value);
  }
  const changes = Object.entries(value).flatMap(([name, texts]) =>
    (Array.isArray(texts) ? texts : [texts]).map((text) => [name, text] as const)
  );
  const fields = changes.filter(([, text]) => text !== null).map(readField);
  const changed = new Set(changes.map(([name]) => name.toLowerCase()));
  return (headers) => [...headers.filter(([name]) => !changed.has(name.toLowerCase())), ...fields];
}

function readField(value: unknown): HeaderField {
  const [name, text, ...rest] = Array.isArray(value) ? value : [];
  const isField = typeof name === "string" && isToken(name) && typeof text === "string" && isFieldValue(text);
  if (!isField || rest.length > 0) throw bad("headers", "names and values of header fields", value);
  return [name, text];
}

function readBody(value: unknown): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return new TextEncoder().encode(value);
  const base64 = typeof value === "object" && value !== null && "base64" in value ? value.base64 : undefined;
  if (typeof base64 !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    throw bad("body", "a text, or { base64 }", value);
  }
  return new Uint8Array(Buffer.from(base64, "base64"));
}

const MAX_SHOWN = 80;

function bad(key: string, expected: string, value: unknown): HttpError {
  const found = JSON.stringify(value) ?? "nothing";
  const shown = found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN)}...` : found;
  return new HttpError(400, `Cannot read ${key}: expected ${expected}, got ${shown}`);
}
