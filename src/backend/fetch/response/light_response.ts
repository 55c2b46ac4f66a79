// The parts of a response that can be known without making a native one.

import { trimOws } from "../../../http/grammar.ts";
import { HttpHeaders } from "../../../http/headers.ts";
import type { HttpResponse } from "../../../http/response/response.ts";
import { isBodyless } from "../../../http/status.ts";
import { ContentStream, type LightContent } from "../content_stream.ts";
import { LazyHeaders } from "../lazy_headers.ts";
import { typedFields } from "./typed_fields.ts";
import { readWebHeaders } from "../web_headers.ts";

/** Content that a Response can be made of. The types of Node have no BodyInit. */
export type ResponseContent = ConstructorParameters<typeof Response>[0];

/** A response as plain values, ready to be sent. */
export interface LightResponse extends HttpResponse {
  /** As the handler set it. */
  readonly statusText: string;
  /** All of the content. */
  readonly body: LightContent;
}

/** The fields of a text when its handler sets none. Copied for each response, with their lines ready for the wire. */
export const TEXT_FIELDS: HttpHeaders = new HttpHeaders([["content-type", "text/plain;charset=UTF-8"]]);
const NO_FIELDS = new HttpHeaders();
/** The fields of JSON when its handler sets none. Copied like those of a text. */
export const JSON_FIELDS: HttpHeaders = new HttpHeaders([["content-type", "application/json"]]);
const STATUS_TEXT = /^[\t\x20-\x7e]*$/;

/**
 * Takes a response apart.
 *
 * @returns undefined if only a native Response can tell, for example that it is an error
 */
export function toLight(
  body: ResponseContent,
  init: ResponseInit | LightResponse | null | undefined,
): LightResponse | undefined {
  const content = toContent(body);
  if (content === undefined) return undefined;
  const isText = typeof body === "string";
  if (init === undefined || init === null) {
    return {
      status: 200,
      statusText: "",
      headers: (isText ? TEXT_FIELDS : NO_FIELDS).clone(),
      body: content,
    };
  }
  const { status = 200, statusText = "" } = init;
  const isPlain = Number.isInteger(status) && status >= 200 && status <= 599 &&
    (content === null || !isBodyless(status)) &&
    typeof statusText === "string" && STATUS_TEXT.test(statusText);
  if (!isPlain) return undefined;
  const headers = init.headers instanceof HttpHeaders ? init.headers.clone() : toFields(init.headers);
  if (headers === undefined) return undefined;
  if (isText && !headers.has("content-type")) headers.append("content-type", "text/plain;charset=UTF-8");
  return { status, statusText, headers, body: content };
}

/** @returns undefined for content that is not known */
function toContent(body: ResponseContent): LightContent | undefined {
  if (typeof body === "string") return body;
  if (body === null || body === undefined) return null;
  if (body instanceof Uint8Array) return new Uint8Array(body);
  // JavaScript may give a number, which a native Response makes text of.
  return typeof body === "object" ? ContentStream.contentOf(body) : undefined;
}

/** @returns undefined for fields that need a second look */
function toFields(init: HeadersInit | undefined): HttpHeaders | undefined {
  if (init === undefined) return new HttpHeaders();
  if (init instanceof Headers) return LazyHeaders.fieldsOf(init)?.clone() ?? readWebHeaders(init);
  if (Symbol.iterator in init) return undefined;
  try {
    return readRecord(init);
  } catch {
    return undefined;
  }
}

/** @throws {TypeError} for fields that cannot go on the wire */
function readRecord(record: Readonly<Record<string, string>>): HttpHeaders {
  const names = Object.keys(record);
  if (names.length === 1) {
    const [name] = names as [string];
    const typed = typedFields(name, trimOws(String(record[name])));
    if (typed !== undefined) return typed;
  }
  const fields = new HttpHeaders();
  for (const name of names) fields.append(name, trimOws(String(record[name])));
  return fields;
}
