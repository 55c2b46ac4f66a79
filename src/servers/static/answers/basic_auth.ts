import type { Handler } from "../../../backend/handler.ts";
import { equalsIgnoringCase } from "../../../http/grammar.ts";
import { HttpError } from "../../../http/errors.ts";

const CHALLENGE = 'Basic realm="millrace", charset="UTF-8"';

/**
 * Lets only requests with the right name and password through (RFC 7617).
 *
 * @param credentials `user:password`
 * @returns a handler that throws HttpError 401 for all others
 */
export function requireBasicAuth(handler: Handler, credentials: string): Handler {
  const expected = new TextEncoder().encode(credentials);
  return (request, context) => {
    const value = request.headers.get("Authorization");
    const given = value === undefined ? undefined : decodeCredentials(value);
    if (given === undefined || !isEqual(given, expected)) {
      const reason = value === undefined ? "no credentials" : "wrong credentials";
      throw new HttpError(401, `Cannot serve ${JSON.stringify(request.path)}: ${reason}`, {
        headers: [["WWW-Authenticate", CHALLENGE]],
      });
    }
    return handler(request, context);
  };
}

/** The bytes behind `Basic`, undefined where there are none. */
function decodeCredentials(value: string): Uint8Array | undefined {
  const match = /^([A-Za-z]+) +([A-Za-z0-9+/]+={0,2})$/.exec(value);
  if (match === null || !equalsIgnoringCase(match[1]!, "basic")) return undefined;
  try {
    return Uint8Array.from(atob(match[2]!), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Compares without stopping at the first difference: the time tells nothing but the length of what was sent. */
function isEqual(given: Uint8Array, expected: Uint8Array): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < given.length; i++) difference |= given[i]! ^ expected[i % expected.length]!;
  return difference === 0;
}
