import { ExplainedError } from "../../backend/explained_error.ts";

/**
 * Decodes percent-encoded UTF-8 (RFC 3986 §2.1).
 *
 * @throws {ExplainedError} 400 when an escape is cut off or malformed, or the bytes are no UTF-8
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
 * @throws {ExplainedError} 400 for malformed percent-encoding; URLSearchParams would let it through
 */
export function parseFormQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodeFormText(equals < 0 ? pair : pair.slice(0, equals));
    const value = decodeFormText(equals < 0 ? "" : pair.slice(equals + 1));
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

function decodeFormText(text: string): string {
  return decodePercent(text.replaceAll("+", " "));
}

/**
 * Takes a field that must be there, perhaps empty, out of a form.
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
