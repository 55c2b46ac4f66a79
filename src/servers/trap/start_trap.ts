// A trap inside a program, for tests.

import { decodeLatin1 } from "../../bytes/latin1.ts";
import { SYSTEM_CLOCK } from "../../base/clock.ts";
import { urlOf } from "../../net/address.ts";
import { listen } from "../../net/listen.ts";
import { NextWaiters } from "./api/next_waiters.ts";
import { createTrap, type Trap } from "./create_trap.ts";
import { TRAP_BODY_BYTES, TRAP_HEAD_LIMITS } from "./flags.ts";
import type { RequestRecord } from "./records/request_record.ts";
import { RequestStore, type RequestTest } from "./store/request_store.ts";
import { contains, toNeedle } from "./store/search.ts";
import type { StoredRequest } from "./records/stored_request.ts";
import { toContentRecord, toRequestRecord } from "./records/to_record.ts";
import { readRespondScript } from "./rules/respond_script.ts";
import { SCHEME_NAMES, type SchemeName } from "./signatures/signature_scheme.ts";
import type { SchemeSecret } from "./signatures/signature_checker.ts";
import { parseUpstreamUrl, type UpstreamUrl } from "./upstream/upstream_url.ts";

/** Settings of {@linkcode startTrap}; each has a default. */
export interface StartTrapOptions {
  /** Address or name that the trap listens on; default 127.0.0.1. The page is always on loopback. */
  readonly hostname?: string;
  /** TCP port of the trap; default any free one. */
  readonly port?: number;
  /** TCP port of page and API; default any free one. */
  readonly uiPort?: number;
  /** Rules in the format of `--respond`. */
  readonly rules?: readonly unknown[];
  /** URL of the server behind the trap. */
  readonly forward?: string;
  /** URL of a server that gets a copy of each request, while the trap responds itself. */
  readonly forwardCopy?: string;
  /** For checking signatures: by scheme one secret, or several that are valid. */
  readonly secrets?: TrapSecrets;
  /** The number of kept requests; default 1,000. */
  readonly keep?: number;
  /** The number of kept bytes; default 256 MiB. */
  readonly keepBytes?: number;
  /** The kept bytes of a message's content; default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Whether the first segment of the path is a bin; default false. */
  readonly bins?: boolean;
  /** Whether pages of all origins may read the responses; default false. */
  readonly cors?: boolean;
}

/** Secrets by the name of their scheme, as in `{ github: "..." }`. */
export type TrapSecrets = { readonly [Scheme in SchemeName]?: string | readonly string[] };

/** The request that {@linkcode StartedTrap.next} waits for. */
export interface NextRequestOptions {
  /** The method as sent. */
  readonly method?: string;
  /** The path as sent. */
  readonly path?: string;
  /** A text in target, fields or content. */
  readonly q?: string;
  /** The id of a request: all later ones count; without it, all that `next` has not returned yet. */
  readonly after?: string;
  /** The time to wait, in milliseconds; default 30,000. */
  readonly timeoutMs?: number;
}

/** A running trap. */
export interface StartedTrap {
  /** The URL to send requests to: `http://127.0.0.1:40001/`. */
  readonly url: string;
  /** The URL of page and API. */
  readonly uiUrl: string;
  /**
   * The oldest request that no call has returned yet, with its content; waits for one if there is none.
   *
   * @returns undefined when none has come in time
   */
  next(options?: NextRequestOptions): Promise<RequestRecord | undefined>;
  /** All requests so far with their content, the oldest first. */
  requests(): readonly RequestRecord[];
  /**
   * Replaces the rules, in the format of `--respond`; sequences and states start again.
   *
   * @throws {Error} for a bad rule
   */
  rules(rules: readonly unknown[]): void;
  /** Stops it. May be called twice. */
  close(): Promise<void>;
  /** The same as {@linkcode StartedTrap.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const DEFAULT_WAIT_MS = 30_000;

/**
 * Starts a trap: it takes every request, responds with 200 or by rules, and keeps all bytes in memory.
 *
 * @throws {ConnectionError} when a port cannot be opened
 * @throws {TypeError} for a malformed URL to forward to, and for the secret of an unknown scheme
 * @throws {Error} for a bad rule, with its place
 */
export async function startTrap(options: StartTrapOptions = {}): Promise<StartedTrap> {
  const { hostname, port = 0, uiPort = 0, rules } = options;
  const script = rules && readRespondScript(rules);
  const forwardTo = readUpstream(options.forward);
  const copyTo = readUpstream(options.forwardCopy);
  const secrets = readSecrets(options.secrets ?? {});
  const store = new RequestStore({
    maxRequests: options.keep ?? 1_000,
    maxBytes: options.keepBytes ?? 2 ** 28,
  });
  const listener = await listen({ hostname, port, needsReset: true });
  const uiListener = await listen({ port: uiPort }).catch((error) => {
    listener.close();
    throw error;
  });
  const trap = createTrap(listener, uiListener, {
    store,
    script,
    forwardTo,
    copyTo,
    masked: [],
    maxBodyBytes: options.maxBodyBytes ?? TRAP_BODY_BYTES,
    checksRules: false,
    hasBins: options.bins ?? false,
    allowsAllOrigins: options.cors ?? false,
    secrets,
    replayReach: hostname === undefined ? "loopback" : "public",
    guard: { names: [] },
    limits: {
      ...TRAP_HEAD_LIMITS,
      maxFieldBytes: TRAP_HEAD_LIMITS.maxHeadBytes,
      maxRequestLineBytes: TRAP_HEAD_LIMITS.maxHeadBytes,
      graceMs: 0,
    },
    log: undefined,
    access: undefined,
    clock: SYSTEM_CLOCK,
    // A client that breaks its connection is not an error of the program that tests it.
    onError: () => {},
  });
  return new TrapHandle(trap, store, { url: urlOf(listener), uiUrl: urlOf(uiListener) });
}

function readUpstream(url: string | undefined): UpstreamUrl | undefined {
  const upstream = url === undefined ? undefined : parseUpstreamUrl(url);
  if (url === undefined || upstream !== undefined) return upstream;
  throw new TypeError(
    `Cannot forward: expected a URL such as http://localhost:3000, got ${JSON.stringify(url)}`,
  );
}

function readSecrets(secrets: TrapSecrets): readonly SchemeSecret[] {
  return Object.entries(secrets).flatMap(([given, values]) => {
    const scheme = SCHEME_NAMES.find((name) => name === given);
    if (scheme !== undefined) return [values].flat().map((secret): SchemeSecret => [scheme, secret]);
    throw new TypeError(
      `Cannot check signatures: expected one of ${SCHEME_NAMES.join(", ")}, got ${JSON.stringify(given)}`,
    );
  });
}

class TrapHandle implements StartedTrap {
  readonly url: string;
  readonly uiUrl: string;
  readonly #trap: Trap;
  readonly #store: RequestStore;
  readonly #waiters: NextWaiters;
  readonly #returned = new WeakSet<StoredRequest>();

  constructor(trap: Trap, store: RequestStore, urls: Pick<StartedTrap, "url" | "uiUrl">) {
    this.url = urls.url;
    this.uiUrl = urls.uiUrl;
    this.#trap = trap;
    this.#store = store;
    this.#waiters = new NextWaiters(store, SYSTEM_CLOCK);
  }

  async next(options: NextRequestOptions = {}): Promise<RequestRecord | undefined> {
    const { after, timeoutMs = DEFAULT_WAIT_MS } = options;
    const isWanted = testOf(options);
    const isNew = (request: StoredRequest): boolean => after !== undefined || !this.#returned.has(request);
    const request = await this.#waiters.next((found) => isNew(found) && isWanted(found), {
      after: after ?? "",
      timeoutMs,
      take: (found) => this.#returned.add(found),
    });
    return request && toRecordWithContent(request);
  }

  requests(): readonly RequestRecord[] {
    return this.#store.all(({ isHandshake }) => !isHandshake).map(toRecordWithContent);
  }

  rules(rules: readonly unknown[]): void {
    this.#trap.engine.replace(readRespondScript(rules));
  }

  async close(): Promise<void> {
    this.#waiters.close();
    await this.#trap.shutdown();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function testOf({ method, path, q }: NextRequestOptions): RequestTest {
  const needle = q === undefined || q === "" ? undefined : toNeedle(latin1OfUtf8(q));
  return (request) =>
    !request.isHandshake &&
    (method === undefined || request.facts.method === method) &&
    (path === undefined || request.path === path) &&
    (needle === undefined || contains(request, needle));
}

function toRecordWithContent(request: StoredRequest): RequestRecord {
  return { ...toRequestRecord(request), content: toContentRecord(request.body) };
}

function latin1OfUtf8(text: string): string {
  return decodeLatin1(new TextEncoder().encode(text));
}
