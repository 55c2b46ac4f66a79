import { createHash } from "node:crypto";
import { SYSTEM_CLOCK } from "../../../src/base/clock.ts";
import { openLogs } from "../../../src/log/open_logs.ts";
import type { NetAddress } from "../../../src/net/address.ts";
import { listen } from "../../../src/net/listen.ts";
import type { ServeOptions } from "../../../src/serving/serve_options.ts";
import { createTrap } from "../../../src/servers/trap/create_trap.ts";
import type { TrapOptions } from "../../../src/servers/trap/options.ts";
import { TRAP_HEAD_LIMITS } from "../../../src/servers/trap/flags.ts";
import { createTrapIds } from "../../../src/servers/trap/records/request_ids.ts";
import type { RequestRecord } from "../../../src/servers/trap/records/request_record.ts";
import { RequestStore } from "../../../src/servers/trap/store/request_store.ts";
import type { RuleScript } from "../../../src/servers/trap/rules/rule_engine.ts";
import { within } from "../../support/deadline.ts";
import { bytesOf } from "../../support/latin1.ts";
import { exchange } from "../../support/loopback.ts";

/** The choices of a test. */
export interface TrapSetup {
  readonly limits?: ServeOptions;
  readonly maxBodyBytes?: number;
  readonly keep?: number;
  readonly keepBytes?: number;
  readonly script?: RuleScript;
  readonly masks?: readonly string[];
  readonly format?: "text" | "json";
  readonly replaysToPrivate?: boolean;
  /** Other parts of the trap; only for a trap in this process. */
  readonly options?: Partial<TrapOptions>;
  /** For the trap itself; page and API stay plain. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A trap with page and API, on ports of its own, in any process. */
export interface AskedTrap {
  readonly port: number;
  readonly uiPort: number;
  /** Calls the API. */
  call(path: string, options?: RequestInit): Promise<Response>;
  /** Calls the API, which must respond with JSON. */
  json<T>(path: string, options?: RequestInit): Promise<T>;
  /** All records, the oldest first, as soon as there are this many; fails when there are more. */
  records(count: number): Promise<RequestRecord[]>;
}

/** A trap in this process. */
export interface Trap extends AskedTrap {
  readonly store: RequestStore;
  /** The reports to `onError`. */
  readonly errors: unknown[];
  /** The log so far. */
  log(): Promise<string>;
  /** Stops the trap; page and API go on. */
  stop(): Promise<void>;
}

const TRAP_LIMITS = { ...TRAP_HEAD_LIMITS, maxFieldBytes: 2 ** 20, maxRequestLineBytes: 2 ** 20 };

function tcpPortOf({ port }: NetAddress): number {
  if (port === undefined) throw new TypeError("expected a TCP address");
  return port;
}

/** Runs a test against a trap. */
export async function withTrap(setup: TrapSetup, test: (trap: Trap) => Promise<void>): Promise<void> {
  let text = "";
  const logs = await openLogs({
    accessLog: { kind: "off" },
    errorLog: { kind: "off" },
    chainLog: {
      kind: "console",
      write: (bytes) => Promise.resolve((text += new TextDecoder().decode(bytes), bytes.length)),
    },
    format: setup.format ?? "text",
  });
  const errors: unknown[] = [];
  const store = new RequestStore({ maxRequests: setup.keep ?? 1_000, maxBytes: setup.keepBytes ?? 2 ** 28 });
  const tls = setup.tls === undefined ? {} : { tls: setup.tls };
  const trap = createTrap(await listen({ port: 0, needsReset: true, ...tls }), await listen({ port: 0 }), {
    store,
    script: setup.script,
    ids: createTrapIds("tst"),
    masked: setup.masks ?? [],
    maxBodyBytes: setup.maxBodyBytes ?? 2 ** 20,
    checksRules: true,
    hasBins: false,
    allowsAllOrigins: false,
    secrets: [],
    replayReach: setup.replaysToPrivate === true ? "private" : "public",
    guard: { names: ["127.0.0.1"] },
    limits: { graceMs: 1_000, lingerTimeoutMs: 500, ...TRAP_LIMITS, ...setup.limits },
    log: logs.chain,
    access: undefined,
    clock: SYSTEM_CLOCK,
    onError: (error) => void errors.push(error),
    ...setup.options,
  });
  const { server, ui } = trap;
  const uiPort = tcpPortOf(ui!.address);
  const { call, json } = callApi(uiPort);
  const records = async (count: number): Promise<RequestRecord[]> => {
    await waitForSize(store, count);
    const { requests } = await json<{ requests: RequestRecord[] }>("/api/requests?limit=1000");
    if (requests.length > count) throw new Error(`expected ${count} records, got ${requests.length}`);
    return requests.reverse();
  };
  try {
    await test({
      port: tcpPortOf(server.address),
      uiPort,
      store,
      errors,
      log: async () => {
        await logs.flush();
        return text;
      },
      stop: () => server.shutdown(),
      call,
      json,
      records,
    });
  } finally {
    await trap.shutdown();
    await logs.close();
  }
}

/** The calls of an API. */
export function callApi(uiPort: number): Pick<AskedTrap, "call" | "json"> {
  const call = (path: string, options: RequestInit = {}): Promise<Response> =>
    within(fetch(`http://127.0.0.1:${uiPort}${path}`, options), path);
  const json = async <T>(path: string, options?: RequestInit): Promise<T> =>
    await (await call(path, options)).json();
  return { call, json };
}

async function waitForSize(store: RequestStore, count: number): Promise<void> {
  if (store.size >= count) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  store.listen({
    added: () => store.size >= count && resolve(),
    changed: () => {},
    removed: () => {},
    cleared: () => {},
  });
  await within(promise, `${count} records`);
}

/** Sends one request (latin1) on a connection of its own, and gives the only record. */
export async function record(trap: AskedTrap, sent: string): Promise<RequestRecord> {
  await exchange(trap.port, bytesOf(sent));
  return (await trap.records(1))[0]!;
}

/** SHA-256 of a text whose characters are bytes. */
export function sha256(text: string): string {
  return createHash("sha256").update(bytesOf(text)).digest("hex");
}

/** Level, place and message of each record of a chain. */
export function chainOf(record: RequestRecord): string[] {
  return record.chain.map(({ level, where, message }) => `${level} ${where}: ${message}`);
}
