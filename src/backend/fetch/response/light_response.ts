// The parts of a response that can be known without making a native one.

import { trimOws } from "../../../http/grammar.ts";
import { HttpHeaders } from "../../../http/headers.ts";
import { isBodyless } from "../../../http/status.ts";
import { ContentStream, type LightContent } from "../content_stream.ts";
import { LazyHeaders } from "../lazy_headers.ts";
import { readWebHeaders } from "../web_headers.ts";

/** What a Response can be made of. The types of Node have no BodyInit. */
export type ResponseContent = ConstructorParameters<typeof Response>[0];

/** A response as plain values. */
export interface LightResponse {
  /** 200 to 599. */
  readonly status: number;
  /** As the handler set it. */
  readonly statusText: string;
  /** Its own fields; no other code may change them. */
  readonly fields: HttpHeaders;
  /** All of it. */
  readonly content: LightContent;
}

/** The fields of a text when its handler sets none. Copied for each response, with their lines ready for the wire. */
export const TEXT_FIELDS: HttpHeaders = new HttpHeaders([["content-type", "text/plain;charset=UTF-8"]]);
const NO_FIELDS = new HttpHeaders();
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
    return { status: 200, statusText: "", fields: (isText ? TEXT_FIELDS : NO_FIELDS).clone(), content };
  }
  const { status = 200, statusText = "" } = init;
  const isPlain = Number.isInteger(status) && status >= 200 && status <= 599 &&
    (content === null || !isBodyless(status)) &&
    typeof statusText === "string" && STATUS_TEXT.test(statusText);
  if (!isPlain) return undefined;
  const fields = isLight(init) ? init.fields.clone() : toFields(init.headers);
  if (fields === undefined) return undefined;
  if (isText && !fields.has("content-type")) fields.append("content-type", "text/plain;charset=UTF-8");
  return { status, statusText, fields, content };
}

function isLight(init: ResponseInit | LightResponse): init is LightResponse {
  return (init as Partial<LightResponse>).fields instanceof HttpHeaders;
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
  const fields = new HttpHeaders();
  try {
    for (const name of Object.keys(init)) fields.append(name, trimOws(String(init[name])));
  } catch {
    return undefined;
  }
  return fields;
}
