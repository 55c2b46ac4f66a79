// What a server is to the command line: a name, its flags, and a way to start.

import type { Clock } from "../base/clock.ts";
import {
  choiceFlag,
  countFlag,
  type FlagTable,
  type FlagValues,
  integerFlag,
  switchFlag,
  textFlag,
} from "./flags.ts";
import type { Logs } from "../log/open_logs.ts";
import { formatAddress, type NetAddress } from "../net/address.ts";
import type { ConnectionErrorCode, Listener } from "../net/connection.ts";
import { DEFAULT_SETTINGS, type ServeOptions } from "../serving/serve_options.ts";
import type { StoreOpenError, StoreOpenErrorCode } from "../storage/store_open_error.ts";
import type { StartWorkerProgram } from "./workers.ts";

/** Flags of the servers that speak HTTP, with the port that it has by default. */
export function httpFlags(defaultPort: number): typeof HTTP_FLAGS {
  return { ...HTTP_FLAGS, ...commonFlags(defaultPort) };
}

/** Flags that every server has, with the port it has by default. */
export function commonFlags(defaultPort: number): typeof COMMON_FLAGS {
  return { ...COMMON_FLAGS, port: portFlag("TCP port to listen on, 0 for any free one", defaultPort) };
}

/** A flag that takes a TCP port. */
export function portFlag(help: string, defaultPort: number): ReturnType<typeof integerFlag> {
  return integerFlag({ placeholder: "PORT", help, default: defaultPort, min: 0, max: 65_535 });
}

// The longest delay that JavaScript timers can count.
const MAX_TIMER_MS = 2_147_483_647;

function bytesFlag(help: string, preset: number): ReturnType<typeof integerFlag> {
  return integerFlag({ placeholder: "BYTES", help, default: preset, min: 1, max: Number.MAX_SAFE_INTEGER });
}

function timeFlag(help: string, preset: number): ReturnType<typeof integerFlag> {
  return integerFlag({ placeholder: "MS", help, default: preset, min: 1, max: MAX_TIMER_MS });
}

/** The flag of a command that logs the chains of its requests: main() opens that log. */
export function chainLogFlag(name: string): ReturnType<typeof textFlag<undefined>> {
  return textFlag({
    placeholder: "FILE|-|off",
    help: `where the chain of each request is logged, - for stdout; ${name}.log where writing is allowed`,
    default: undefined,
  });
}

const COMMON_FLAGS = {
  host: textFlag({ placeholder: "ADDRESS", help: "address or name to listen on", default: "127.0.0.1" }),
  port: portFlag("TCP port to listen on, 0 for any free one", 0),
  "access-log": textFlag({
    placeholder: "FILE|-|off",
    help: "where requests are logged, - for stdout; access.log where writing is allowed",
    default: undefined,
  }),
  "error-log": textFlag({
    placeholder: "FILE|-|off",
    help: "where errors are logged, - for stderr; error.log where writing is allowed",
    default: undefined,
  }),
  "log-format": choiceFlag({ choices: ["text", "json"], help: "form of the log lines", default: "text" }),
  "log-level": choiceFlag({
    choices: ["debug", "info", "warn", "error"],
    help: "least grave entries of the error log",
    default: "info",
  }),
  "tls-cert": textFlag({
    placeholder: "FILE",
    help: "PEM certificate chain: serve over TLS",
    default: undefined,
  }),
  "tls-key": textFlag({
    placeholder: "FILE",
    help: "PEM private key of the certificate",
    default: undefined,
  }),
  "max-head-bytes": bytesFlag("largest head of a request, beyond it 431", DEFAULT_SETTINGS.maxHeadBytes),
  "max-body-bytes": bytesFlag("largest content of a request, beyond it 413", DEFAULT_SETTINGS.maxBodyBytes),
  "head-timeout-ms": timeFlag("time for a head, beyond it 408", DEFAULT_SETTINGS.headTimeoutMs),
  "body-timeout-ms": timeFlag(
    "time without any byte of content, beyond it 408",
    DEFAULT_SETTINGS.bodyTimeoutMs,
  ),
  "idle-timeout-ms": timeFlag(
    "time between requests, then the connection is closed",
    DEFAULT_SETTINGS.idleTimeoutMs,
  ),
  "max-connections": integerFlag({
    placeholder: "N",
    help: "connections at once, beyond them 503",
    default: DEFAULT_SETTINGS.maxConnections,
    min: 1,
    max: 1_000_000,
  }),
  "grace-ms": integerFlag({
    placeholder: "MS",
    help: "time for running requests when the server is stopped",
    default: DEFAULT_SETTINGS.graceMs,
    min: 0,
    max: MAX_TIMER_MS,
  }),
  help: switchFlag("print this text and exit"),
  version: switchFlag("print the version and exit"),
};

const HTTP_FLAGS = {
  ...COMMON_FLAGS,
  "write-timeout-ms": timeFlag(
    "time without a client taking any byte of its answer, then it is cut",
    DEFAULT_SETTINGS.writeTimeoutMs,
  ),
  "max-connections-per-address": countFlag("connections at once from one address, beyond them 503"),
  "max-requests-per-connection": countFlag("requests on one connection; the last answer says close"),
};

/** The values of the common flags. */
export type CommonValues = FlagValues<typeof COMMON_FLAGS>;

/** The limits and time-outs that the flags of HTTP servers set; those without one are left out. */
export function serveOptionsOf(values: FlagValues<typeof HTTP_FLAGS>): ServeOptions {
  const maxHeadBytes = values["max-head-bytes"];
  const perAddress = values["max-connections-per-address"];
  const perConnection = values["max-requests-per-connection"];
  return {
    ...(perAddress === undefined ? {} : { maxConnectionsPerAddress: perAddress }),
    ...(perConnection === undefined ? {} : { maxRequestsPerConnection: perConnection }),
    writeTimeoutMs: values["write-timeout-ms"],
    maxHeadBytes,
    // One field may fill a head that is larger, or smaller, than usual.
    maxFieldBytes: maxHeadBytes,
    maxBodyBytes: values["max-body-bytes"],
    headTimeoutMs: values["head-timeout-ms"],
    bodyTimeoutMs: values["body-timeout-ms"],
    idleTimeoutMs: values["idle-timeout-ms"],
    maxConnections: values["max-connections"],
    graceMs: values["grace-ms"],
  };
}

/** What a command is given to start with. */
export interface StartContext<Values extends CommonValues> {
  readonly values: Values;
  readonly logs: Logs;
  readonly clock: Clock;
  /** The module that workers run: its program, started in a worker, calls the command's `startWorker`. */
  readonly program: URL;
  /**
   * Opens the port that a flag names, with the host and the certificate of the common flags.
   *
   * @throws {StartError} when it cannot be opened
   */
  readonly openPort: (port: number) => Promise<Listener>;
  /** Ends the whole program with code 1, after a line on stderr; the logs are written before. */
  readonly fail: (message: string) => void;
}

/** A started command. */
export interface RunningCommand {
  /** The ready lines, without the program's name: `app listening on http://127.0.0.1:8888/`. */
  readonly announcements: readonly string[];
  /** Stops gracefully; settles when all is closed. */
  shutdown(): Promise<void>;
  /** Resolves when all is closed. */
  readonly finished: Promise<void>;
}

/** A server as the command line sees it. */
export interface Command<Table extends FlagTable & typeof COMMON_FLAGS = typeof COMMON_FLAGS> {
  /** The word that chooses it. */
  readonly name: string;
  /** What it is, in one line. */
  readonly summary: string;
  /** All its flags. One of the name `log` asks for a log of chains, see {@linkcode chainLogFlag}. */
  readonly flags: Table;
  /** The environment variable that gives the port where the flag does not. */
  readonly portVariable?: string;
  /** Opens its ports and begins to serve. @throws {UsageError | StartError} when it cannot */
  readonly start: (context: StartContext<FlagValues<Table> & CommonValues>) => Promise<RunningCommand>;
  /** Starts one of several workers, with what the command gave to its pool. */
  readonly startWorker?: StartWorkerProgram<never>;
}

/** Why a command could not start though its flags were well-formed, with the exit code that goes with it. */
export class StartError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "StartError";
  /** 1 where the world is in the way (port in use), 2 where a flag's value is. */
  readonly exitCode: 1 | 2;

  /** @param message one line for stderr */
  constructor(exitCode: 1 | 2, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Tells why a port could not be opened, in words for whoever typed the flags. */
export function portError(code: ConnectionErrorCode, address: NetAddress, cause: unknown): StartError {
  const where = formatAddress(address);
  switch (code) {
    case "in-use":
      return new StartError(1, inUse(address), { cause });
    case "denied":
      return new StartError(1, `no permission to listen on ${where}`, { cause });
    case "bad-certificate":
      return new StartError(2, "bad value for --tls-cert: expected PEM files that belong to --tls-key", {
        cause,
      });
    default:
      return new StartError(2, `bad value for ${flagOf(address)}: cannot listen on ${where}`, { cause });
  }
}

function inUse(address: NetAddress): string {
  return address.transport === "unix"
    ? `socket ${address.path} is already in use`
    : `port ${address.port} is already in use on ${address.hostname}`;
}

function flagOf({ transport }: NetAddress): string {
  return transport === "unix" ? "--socket" : "--host";
}

// Where the caller chose a file or a runtime that cannot work, 2; where the file is in the way, 1.
const STORE_EXIT_CODES: Readonly<Record<StoreOpenErrorCode, 1 | 2>> = {
  "no-directory": 2,
  "no-sqlite": 2,
  denied: 2,
  foreign: 1,
  damaged: 1,
  locked: 1,
  failed: 1,
};

/** Tells why the database file that a flag names could not be used. @param flag with its dashes: `--data` */
export function storeError(flag: string, error: StoreOpenError): StartError {
  const state = error.message.replace(/^Cannot/, "cannot");
  return new StartError(STORE_EXIT_CODES[error.code], `bad value for ${flag}: ${state}`, { cause: error });
}
