// Requests as entries of an HTTP Archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/).

import { Buffer } from "node:buffer";
import { parseCookies } from "../../../http/cookies.ts";
import type { HeaderField } from "../../../http/headers.ts";
import { isHost } from "../../../http/host.ts";
import { reasonPhrase } from "../../../http/status.ts";
import { authorityOf } from "../../../http/target.ts";
import { timeOf } from "../records/request_ids.ts";
import { decodeParameter, splitQuery } from "../records/parameters.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import { readResponse } from "../records/stored_response.ts";
import { decodeUtf8 } from "../records/to_record.ts";
import settings from "../../../../deno.json" with { type: "json" };

/** The text before the entries of an archive, and the text after them. */
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

/**
 * Makes an entry, plain data for JSON. Facts without a place in the format are in fields that begin with "_".
 */
export function toHarEntry(request: StoredRequest): Readonly<Record<string, unknown>> {
  const { facts } = request;
  const chain = [...facts.chain];
  const errors = chain.filter(({ level }) => level === "error").map(({ message }) => message);
  const lastMicros = chain.at(-1)?.atMicros ?? 0;
  const waitMs = Math.max(0, lastMicros - (chain[0]?.atMicros ?? 0)) / 1_000;
  return {
    startedDateTime: timeOf(facts.id),
    time: waitMs,
    request: toHarRequest(request),
    response: toHarResponse(request),
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: waitMs, receive: 0 },
    serverIPAddress: isUnix(facts.local) ? "" : facts.local.replace(/:[0-9]+$/, "").replaceAll(/[[\]]/g, ""),
    connection: facts.remote,
    ...(errors.length === 0 ? {} : { comment: errors.join("; ") }),
    _id: facts.id,
    _end: facts.end,
    _sha256: request.wire.sha256,
  };
}

function toHarRequest(request: StoredRequest): Readonly<Record<string, unknown>> {
  const { facts, headers } = request;
  const query = facts.target.split("?").slice(1).join("?");
  return {
    method: facts.method,
    url: urlOf(request),
    httpVersion: facts.version === "" ? "" : `HTTP/${facts.version}`,
    cookies: parseCookies(valuesOf(headers, "cookie")).map(({ name, value }) => ({ name, value })),
    headers: toNamedValues(headers),
    queryString: splitQuery(query).map(([name, value]) => ({
      name: decodeParameter(name),
      value: decodeParameter(value),
    })),
    headersSize: facts.headBytes === 0 ? -1 : facts.headBytes,
    bodySize: facts.bodyBytes,
    ...(facts.bodyBytes === 0 ? {} : { postData: toPostData(request) }),
  };
}

function toPostData({ body, headers }: StoredRequest): Readonly<Record<string, string>> {
  const mimeType = valuesOf(headers, "content-type")[0] ?? "application/octet-stream";
  const text = decodeUtf8(body);
  if (text !== undefined) return { mimeType, text };
  return {
    mimeType,
    text: Buffer.from(body).toString("base64"),
    _encoding: "base64",
    comment: "no text: encoded in base64",
  };
}

function toHarResponse(request: StoredRequest): Readonly<Record<string, unknown>> {
  const { status, headers, content } = responseOf(request);
  const mimeType = valuesOf(headers, "content-type")[0] ?? "";
  const text = decodeUtf8(content);
  return {
    status,
    statusText: reasonPhrase(status),
    httpVersion: "HTTP/1.1",
    cookies: [],
    headers: toNamedValues(headers),
    content: {
      size: content.length,
      mimeType,
      ...(text === undefined
        ? { text: Buffer.from(content).toString("base64"), encoding: "base64" }
        : { text }),
    },
    redirectURL: valuesOf(headers, "location")[0] ?? "",
    headersSize: -1,
    bodySize: content.length,
  };
}

interface HarResponse {
  readonly status: number;
  readonly headers: readonly HeaderField[];
  readonly content: Uint8Array;
}

/** The response of the server behind the trap or of a rule; otherwise that of the trap itself. */
function responseOf({ answer, response }: StoredRequest): HarResponse {
  if (response !== undefined) return { status: response.facts.status, ...readResponse(response) };
  const { status, headers, body } = answer ?? { status: 0, headers: [], body: "" };
  return { status, headers, content: new TextEncoder().encode(body) };
}

function urlOf({ facts, headers }: StoredRequest): string {
  const { target, local, isEncrypted } = facts;
  if (authorityOf(target) !== undefined) return target;
  const [host = ""] = valuesOf(headers, "host");
  const authority = host !== "" && isHost(host) ? host : isUnix(local) ? "localhost" : local;
  const origin = `${isEncrypted ? "https" : "http"}://${authority}`;
  return target.startsWith("/") ? origin + target : `${origin}/${target}`;
}

/** Whether an address of a record is that of a unix socket. */
function isUnix(address: string): boolean {
  return address.startsWith("unix");
}

function valuesOf(fields: readonly HeaderField[], name: string): string[] {
  return fields.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

function toNamedValues(fields: readonly HeaderField[]): NamedValue[] {
  return fields.map(([name, value]) => ({ name, value }));
}
