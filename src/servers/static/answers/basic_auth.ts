import type { Handler } from "../../../backend/handler.ts";
import { equalsIgnoringCase } from "../../../http/grammar.ts";
import { HttpError } from "../../../http/errors.ts";
import type { HttpRequest } from "../../../http/request/request.ts";

/** Judges a name and a password. */
export type CredentialsCheck = (name: string, password: string) => boolean | Promise<boolean>;

const CHALLENGE = 'Basic realm="millrace", charset="UTF-8"';

/**
 * Lets only requests with the right name and password through (RFC 7617).
 *
 * @returns a handler that throws HttpError 401 for all others
 */
export function requireBasicAuth(handler: Handler, check: CredentialsCheck): Handler {
  return (request, context) => {
    const value = request.headers.get("Authorization");
    const given = value === undefined ? undefined : decodeCredentials(value);
    if (given === undefined) {
      throw refusal(request, value === undefined ? "no credentials" : "wrong credentials");
    }
    const isRight = check(given.name, given.password);
    if (isRight === true) return handler(request, context);
    if (isRight === false) throw refusal(request, "wrong credentials");
    return isRight.then((isRight) => {
      if (!isRight) throw refusal(request, "wrong credentials");
      return handler(request, context);
    });
  };
}

/** Checks against one name and password. @param credentials `user:password` */
export function checkCredentials(credentials: string): CredentialsCheck {
  const expected = new TextEncoder().encode(credentials);
  const encoder = new TextEncoder();
  return (name, password) => isEqual(encoder.encode(`${name}:${password}`), expected);
}

function refusal({ path }: HttpRequest, reason: string): HttpError {
  return new HttpError(401, `Cannot serve ${JSON.stringify(path)}: ${reason}`, {
    headers: [["WWW-Authenticate", CHALLENGE]],
  });
}

/** Name and password after `Basic`, in UTF-8; undefined if there are none. */
function decodeCredentials(
  value: string,
): { readonly name: string; readonly password: string } | undefined {
  const match = /^([A-Za-z]+) +([A-Za-z0-9+/]+={0,2})$/.exec(value);
  if (match === null || !equalsIgnoringCase(match[1]!, "basic")) return undefined;
  try {
    const bytes = Uint8Array.from(atob(match[2]!), (character) => character.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const colon = text.indexOf(":");
    return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return undefined;
  }
}

/**
 * Compares without stopping at the first difference, so that the time reveals only the length of the sent
 * text.
 */
function isEqual(given: Uint8Array, expected: Uint8Array): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < given.length; i++) difference |= given[i]! ^ expected[i % expected.length]!;
  return difference === 0;
}
