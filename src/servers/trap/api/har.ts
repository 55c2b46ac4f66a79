// Requests as entries of an HTTP Archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/).

import { Buffer } from "node:buffer";
import { parseCookies } from "../../../http/cookies.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { isHost } from "../../../http/host.ts";
import { reasonPhrase } from "../../../http/status.ts";
import { authorityOf } from "../../../http/target.ts";
import { decodeParameter, splitQuery } from "../records/parameters.ts";
import type { GivenAnswer, RequestFacts, StoredRequest } from "../records/stored_request.ts";
import settings from "../../../../deno.json" with { type: "json" };

/** What stands in front of the entries of an archive, and behind them. */
export const HAR_FRAME: readonly [head: string, tail: string] = [
  `{"log":{"version":"1.2","creator":${
    JSON.stringify({ name: "millrace", version: settings.version })
  },"entries":[`,
  "]}}\n",
];

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Makes an entry, plain data for JSON. What the format has no place for stands in fields that begin with "_". */
export function toHarEntry(request: StoredRequest): Readonly<Record<string, unknown>> {
  const { facts } = request;
  const record = request.toRecord();
  const lastMicros = facts.chain.at(-1)?.atMicros ?? 0;
  const waitMs = Math.max(0, lastMicros - (facts.chain[0]?.atMicros ?? 0)) / 1_000;
  return {
    startedDateTime: record.receivedAt,
    time: waitMs,
    request: toHarRequest(request),
    response: toHarResponse(facts.answer),
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: waitMs, receive: 0 },
    serverIPAddress: isUnix(facts.local) ? "" : facts.local.replace(/:[0-9]+$/, "").replaceAll(/[[\]]/g, ""),
    connection: facts.remote,
    ...(record.errors.length === 0 ? {} : { comment: record.errors.join("; ") }),
    _id: record.id,
    _end: record.end,
    _sha256: record.sha256,
  };
}

function toHarRequest(request: StoredRequest): Readonly<Record<string, unknown>> {
  const { facts } = request;
  const query = facts.target.split("?").slice(1).join("?");
  return {
    method: facts.method,
    url: urlOf(facts),
    httpVersion: facts.version === "" ? "" : `HTTP/${facts.version}`,
    cookies: parseCookies(valuesOf(facts.headers, "cookie")).map(({ name, value }) => ({ name, value })),
    headers: toNamedValues(facts.headers),
    queryString: splitQuery(query).map(([name, value]) => ({
      name: decodeParameter(name),
      value: decodeParameter(value),
    })),
    headersSize: facts.headBytes === 0 ? -1 : facts.headBytes,
    bodySize: facts.bodyBytes,
    ...(facts.bodyBytes === 0 ? {} : { postData: toPostData(request) }),
  };
}

function toPostData({ body, facts }: StoredRequest): Readonly<Record<string, string>> {
  const mimeType = valuesOf(facts.headers, "content-type")[0] ?? "application/octet-stream";
  const text = decodeUtf8(body);
  if (text !== undefined) return { mimeType, text };
  return {
    mimeType,
    text: Buffer.from(body).toString("base64"),
    _encoding: "base64",
    comment: "no text: encoded in base64",
  };
}

function toHarResponse(answer: GivenAnswer | undefined): Readonly<Record<string, unknown>> {
  const { status, headers, body } = answer ?? { status: 0, headers: [], body: "" };
  const size = new TextEncoder().encode(body).length;
  return {
    status,
    statusText: reasonPhrase(status),
    httpVersion: "HTTP/1.1",
    cookies: [],
    headers: toNamedValues(headers),
    content: { size, mimeType: valuesOf(headers, "content-type")[0] ?? "", text: body },
    redirectURL: valuesOf(headers, "location")[0] ?? "",
    headersSize: -1,
    bodySize: size,
  };
}

function urlOf({ target, headers, local, isEncrypted }: RequestFacts): string {
  if (authorityOf(target) !== undefined) return target;
  const [host = ""] = valuesOf(headers, "host");
  const authority = host !== "" && isHost(host) ? host : isUnix(local) ? "localhost" : local;
  const origin = `${isEncrypted ? "https" : "http"}://${authority}`;
  return target.startsWith("/") ? origin + target : `${origin}/${target}`;
}

/** Whether an address, as a record has it, is that of a unix socket. */
function isUnix(address: string): boolean {
  return address.startsWith("unix");
}

function valuesOf(fields: readonly HeaderField[], name: string): string[] {
  return fields.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

function toNamedValues(fields: readonly HeaderField[]): NamedValue[] {
  return fields.map(([name, value]) => ({ name, value }));
}

/** The text of bytes that are one; undefined for others, and for such with NUL, which no text has. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
