import { ExplainedError } from "../../../backend/explained_error.ts";

/**
 * Decodes percent-encoded UTF-8 (RFC 3986 §2.1).
 *
 * @throws {ExplainedError} 400 when an escape is cut off or malformed, or the bytes are not UTF-8
 */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ExplainedError(400, `Cannot decode ${JSON.stringify(text)}: malformed percent-encoding`, {
      cause,
      explanation:
        "The address has a malformed percent escape. After % there must be two hexadecimal digits.",
    });
  }
}

/**
 * Reads a query as forms build it (application/x-www-form-urlencoded): `+` is a space.
 * The first of equal names counts.
 *
 * @param query the query as sent, without "?"
 * @throws {ExplainedError} 400 for malformed percent-encoding, which URLSearchParams would let through
 */
export function parseFormQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of splitForm(query)) {
    const [name, value] = pair.map(decodeFormText) as [string, string];
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

/** Splits a query at `&` and `=`: names and values as sent, still encoded. */
export function splitForm(query: string): (readonly [name: string, value: string])[] {
  return query.split("&").filter((pair) => pair !== "").map((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}

/** Decodes a name or value of a form. @throws {ExplainedError} 400 for malformed percent-encoding */
export function decodeFormText(text: string): string {
  return decodePercent(text.replaceAll("+", " "));
}

/**
 * Takes a required field, perhaps empty, from a form.
 *
 * @throws {ExplainedError} 400 naming the field when it is missing
 */
export function requireField(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name);
  if (value !== undefined) return value;
  throw new ExplainedError(400, `Cannot read the form: field "${name}" is missing`, {
    explanation: `The field "${name}" of the form is missing in the address.`,
  });
}
