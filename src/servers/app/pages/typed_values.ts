import { decodeFormText, splitForm } from "./url_text.ts";
import type { HttpRequest } from "../../../http/request/request.ts";

/** The values that a user typed into the forms, read from the request. */
export interface TypedValues {
  /** Dividend. */
  readonly a?: string;
  /** Divisor. */
  readonly b?: string;
  /** Name of a cookie. */
  readonly name?: string;
  /** Value of a cookie. */
  readonly value?: string;
}

/** The values of empty forms. */
export const NOTHING_TYPED: TypedValues = Object.freeze({});

/** Reads the typed values from a URL, for the forms of the response; the URL may contain a mistake. */
export function typedIn({ path, query }: HttpRequest): TypedValues {
  if (path === "/div" || path === "/set_cookie") return Object.fromEntries(splitForm(query).map(decodePair));
  if (path.startsWith("/div/")) return typedDivision(path.split("/"));
  if (path.startsWith("/set_cookie/")) return typedCookie(path.split("/")[2]!);
  return NOTHING_TYPED;
}

function typedDivision([, , dividend, to, divisor]: readonly string[]): TypedValues {
  if (to !== "to" || dividend === undefined || divisor === undefined) return NOTHING_TYPED;
  return { a: decodeLeniently(dividend), b: decodeLeniently(divisor) };
}

function typedCookie(segment: string): TypedValues {
  const text = decodeLeniently(segment);
  const equals = text.indexOf("=");
  return equals < 0
    ? { name: text, value: "" }
    : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function decodePair([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, decodeLeniently(value, decodeFormText)];
}

function decodeLeniently(text: string, decode: (text: string) => string = decodeURIComponent): string {
  try {
    return decode(text);
  } catch {
    return text;
  }
}
