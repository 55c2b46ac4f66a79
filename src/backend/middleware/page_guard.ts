// Decides which clients may use a page and its API: its own browser tabs, and programs with the token or a
// password.

import { createHash, timingSafeEqual } from "node:crypto";
import type { MaybePromise } from "../../base/maybe_promise.ts";
import { HttpError } from "../../http/errors.ts";
import type { HttpRequest } from "../../http/request/request.ts";
import { createResponse, type HttpResponse } from "../../http/response/response.ts";
import { ExplainedError } from "../explained_error.ts";
import type { Handler, Middleware, RequestContext } from "../handler.ts";
import { type PageCredentials, readCredentials, withoutToken } from "../page_credentials.ts";

/** The keys of a page. Without either key it is open to every client that reaches it. */
export interface PageKeys {
  /** A secret: sent as `Authorization: Bearer`, as `?token=`, or by the cookie that this sets. */
  readonly token?: string | undefined;
  /** Judges name and password, sent as `Authorization: Basic`. */
  readonly checkPassword?: ((name: string, password: string) => MaybePromise<boolean>) | undefined;
}

/** Options of {@linkcode guardPage}. */
export interface PageGuardOptions extends PageKeys {
  /** Names that Host may have apart from `localhost` and addresses: `--ui-host` and `--ui-name`. */
  readonly names: readonly string[];
  /** Paths that need neither a key nor a known name: health checks. */
  readonly openPaths?: readonly string[] | undefined;
}

/**
 * Middleware: keeps strangers, and pages of other origins, away from a page and its API.
 *
 * A name in Host that is not ours may be one that an attacker points at this machine (DNS rebinding); an IP
 * address cannot. A browser says in Origin and Sec-Fetch-Site which page sends a request that changes
 * something.
 */
export function guardPage(options: PageGuardOptions): Middleware {
  const { token, checkPassword } = options;
  const openPaths = new Set(options.openPaths);
  const names = new Set(options.names.map((name) => name.toLowerCase()));
  const keyring = token === undefined && checkPassword === undefined
    ? undefined
    : new Keyring({ token, checkPassword });
  return (next) => (request, context) => {
    // A refused request gets the reason for its refusal, and nothing else.
    if (request.refusal !== undefined || openPaths.has(request.path)) return next(request, context);
    checkOrigin(request, names);
    return keyring === undefined ? next(request, context) : keyring.admit(request, context, next);
  };
}

function checkOrigin(request: HttpRequest, names: ReadonlySet<string>): void {
  const host = (request.headers.get("host") ?? "").toLowerCase();
  const name = host.replace(/:[0-9]*$/, "");
  if (!(isLocalName(name) || isAddress(name) || names.has(name))) {
    throw new HttpError(
      403,
      `Cannot serve host ${JSON.stringify(host)}: expected localhost, an address, or a name of --ui-name`,
    );
  }
  if (request.method !== "GET" && request.method !== "HEAD" && isForeign(request, host)) {
    throw new HttpError(403, "Cannot change anything for a page of another origin");
  }
}

function isLocalName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}

function isAddress(name: string): boolean {
  return /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(name) || name.startsWith("[");
}

function isForeign({ headers }: HttpRequest, host: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const origin = headers.get("origin")?.toLowerCase();
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

/** Knows the keys of a page. */
class Keyring {
  readonly #keys: PageKeys;
  // The value of the cookie. It cannot be used in a link.
  readonly #cookieValue: string;

  constructor(keys: PageKeys) {
    this.#keys = keys;
    this.#cookieValue = createHash("sha256").update(`millrace page ${keys.token ?? ""}`).digest("base64url");
  }

  admit(request: HttpRequest, context: RequestContext, next: Handler): MaybePromise<HttpResponse> {
    const credentials = readCredentials(request, cookieName(context));
    if (this.#isTokenGiven(credentials)) return next(request, context);
    if (this.#isToken(credentials.queryToken)) return this.#welcome(request, context, next);
    const { checkPassword } = this.#keys;
    if (checkPassword === undefined || credentials.basic === undefined) throw this.#refusal();
    const [name, password] = credentials.basic;
    const isRight = checkPassword(name, password);
    if (isRight === true) return next(request, context);
    if (isRight === false) throw this.#refusal();
    return isRight.then((right) => {
      if (!right) throw this.#refusal();
      return next(request, context);
    });
  }

  #isTokenGiven({ bearer, cookie }: PageCredentials): boolean {
    if (this.#keys.token === undefined) return false;
    return this.#isToken(bearer) || (cookie !== undefined && isSame(cookie, this.#cookieValue));
  }

  #isToken(given: string | undefined): boolean {
    const { token } = this.#keys;
    return given !== undefined && token !== undefined && isSame(given, token);
  }

  /** The first visit sets a cookie; a browser gets its address without the token. */
  #welcome(request: HttpRequest, context: RequestContext, next: Handler): MaybePromise<HttpResponse> {
    const secure = context.isEncrypted ? "; Secure" : "";
    // Lax: a link in a mail may open the page. Origin guards every request that changes anything.
    const value = `${cookieName(context)}=${this.#cookieValue}; Path=/; HttpOnly; SameSite=Lax${secure}`;
    const withCookie = (response: HttpResponse): HttpResponse => {
      response.headers.append("Set-Cookie", value);
      return response;
    };
    if (request.headers.get("accept")?.includes("text/html") === true) {
      return withCookie(createResponse(303, null, [["Location", withoutToken(request)]]));
    }
    const response = next(request, context);
    return response instanceof Promise ? response.then(withCookie) : withCookie(response);
  }

  #refusal(): HttpError {
    const { token, checkPassword } = this.#keys;
    const challenges = [
      ...(token === undefined ? [] : ['Bearer realm="millrace"']),
      ...(checkPassword === undefined ? [] : ['Basic realm="millrace", charset="UTF-8"']),
    ];
    const wanted = [
      ...(token === undefined ? [] : ["the token of --ui-token, as in the link that the program printed"]),
      ...(checkPassword === undefined ? [] : ["a name and password of --ui-auth-file"]),
    ];
    return new ExplainedError(401, `Cannot open the page: expected ${wanted.join(", or ")}`, {
      headers: [["WWW-Authenticate", challenges.join(", ")], ["Cache-Control", "no-store"]],
      explanation: `This page wants ${wanted.join(", or ")}.`,
    });
  }
}

/** Cookies know no ports: pages on several ports of one machine each have a name of their own. */
function cookieName({ local }: RequestContext): string {
  return `millrace_page_${local.port}`;
}

/** Whether two texts are the same, in a time that does not depend on where they differ. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
