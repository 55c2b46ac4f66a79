import { isToken, trimOws } from "./grammar.ts";

/** One cookie as the client sent it. */
export interface CookiePair {
  /** The name as sent. */
  readonly name: string;
  /** The value as sent, without the quotes around it, bytes seen as latin1. */
  readonly value: string;
}

/**
 * Takes the cookies from the values of the Cookie fields (RFC 6265 §4.2, read by servers as in §5.4).
 *
 * Pairs without a name or without "=" are left out; nothing is decoded.
 */
export function parseCookies(values: readonly string[]): CookiePair[] {
  const pairs: CookiePair[] = [];
  for (const value of values) {
    for (const part of value.split(";")) {
      const equals = part.indexOf("=");
      if (equals < 0) continue;
      const name = trimOws(part.slice(0, equals));
      if (name !== "") pairs.push({ name, value: unquote(trimOws(part.slice(equals + 1))) });
    }
  }
  return pairs;
}

function unquote(value: string): string {
  return /^"(.*)"$/s.exec(value)?.[1] ?? value;
}

/** Attributes of a cookie (RFC 6265 §4.1.1). */
export interface CookieAttributes {
  /** The value of Path. */
  readonly path?: string;
}

/**
 * Makes the value of a Set-Cookie field (RFC 6265 §4.1.1).
 *
 * @throws {TypeError} when the name is not a token, or the value or the path holds a byte that no cookie can
 *   carry
 */
export function formatSetCookie(pair: CookiePair, attributes: CookieAttributes = {}): string {
  if (!isToken(pair.name)) {
    throw new TypeError(
      `Cannot build a cookie: name must be a token (RFC 6265), got ${JSON.stringify(pair.name)}`,
    );
  }
  if (!isCookieValue(pair.value)) {
    throw new TypeError(
      `Cannot build cookie "${pair.name}": value must be cookie octets (RFC 6265), got ${
        JSON.stringify(pair.value)
      }`,
    );
  }
  if (attributes.path === undefined) return `${pair.name}=${pair.value}`;
  if (/[^\x20-\x3a\x3c-\x7e]/.test(attributes.path)) {
    throw new TypeError(`Cannot build cookie "${pair.name}": bad path ${JSON.stringify(attributes.path)}`);
  }
  return `${pair.name}=${pair.value}; Path=${attributes.path}`;
}

/** `cookie-value`, RFC 6265 §4.1.1 */
function isCookieValue(value: string): boolean {
  return /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(unquote(value));
}
