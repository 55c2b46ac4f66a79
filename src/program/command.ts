// A server as the command line sees it: a name, its flags, and a way to start.

import type { MemoryBudget } from "../bytes/memory_budget.ts";
import type { Clock } from "../base/clock.ts";
import type { Logs } from "../log/open_logs.ts";
import { formatAddress, type NetAddress } from "../net/address.ts";
import type { ConnectionError, Listener } from "../net/connection.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import type { StoreOpenError, StoreOpenErrorCode } from "../storage/store_open_error.ts";
import type { Admin } from "./admin/admin_routes.ts";
import type { CommonFlags, CommonValues } from "./flags/common_flags.ts";
import type { FlagTable, FlagValues } from "./flags/flag.ts";
import type { Example, Tool } from "./tool.ts";
import type { StartWorkerProgram } from "./workers/workers.ts";

/** Options for a port that differ from the common flags. */
export interface OpenPortOptions {
  /** Address or name to listen on; default that of `--host`. */
  readonly hostname?: string;
  /** The flag that names the port, for error lines; default `--port`. */
  readonly flag?: string;
  /** Whether connections are never encrypted; default as the flags say. */
  readonly isPlain?: boolean;
}

/** Options for the port of a server. */
export interface OpenListenerOptions {
  /** Whether connections must be able to end with a RST. */
  readonly needsReset?: boolean;
}

/** The surroundings in which a command starts. */
export interface StartContext<Values extends CommonValues> {
  readonly values: Values;
  /** The source of each given flag: `--port`, `the environment variable MILLRACE_PORT`. */
  readonly given: ReadonlyMap<string, string>;
  readonly logs: Logs;
  readonly clock: Clock;
  /** Memory held for all clients together. Pass it to every `serve`; the logs count their entries in it. */
  readonly memory: MemoryBudget;
  /** The module that workers run: its program, started in a worker, calls the command's `startWorker`. */
  readonly program: URL;
  /** Takes the figures of the server; `adminRoutes(admin)` are for its page, if it has one. */
  readonly admin: Admin;
  /**
   * Opens where the server listens: the port or the socket, the certificate and the proxies of the common flags.
   *
   * @throws {StartError} when it cannot be opened
   */
  readonly openListener: (options?: OpenListenerOptions) => Promise<Listener>;
  /**
   * Opens another port, of a page for example, with the host and the certificate of the common flags.
   *
   * @throws {StartError} when it cannot be opened
   */
  readonly openPort: (port: number, options?: OpenPortOptions) => Promise<Listener>;
  /** Writes to stdout. */
  readonly print: (text: string) => void;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Ends the whole program with code 1, after a line on stderr; the logs are written before. */
  readonly fail: (message: string) => void;
}

/** A started command. */
export interface RunningCommand {
  /** The ready lines, without the program's name: `app listening on http://127.0.0.1:8888/`. */
  readonly announcements: readonly string[];
  /** The number of clients; while the server stops, the number that it waits for. */
  readonly connectionCount?: () => number;
  /** Whether everything that it needs is in reach, a store for example; default always. */
  readonly isReady?: () => boolean;
  /**
   * Uses another certificate in places that the ports of {@linkcode StartContext} do not cover: in workers.
   * Rejects for a bad one, and the old one stays.
   */
  readonly reload?: (tls: TlsOptions) => Promise<void>;
  /** Stops gracefully; settles when all is closed. */
  shutdown(): Promise<void>;
  /** Resolves when all is closed. */
  readonly finished: Promise<void>;
}

/** A server as the command line sees it. */
export interface Command<Table extends FlagTable & CommonFlags = CommonFlags> {
  /** The word that chooses it. */
  readonly name: string;
  /** One line about it. */
  readonly summary: string;
  /** For `--help`; the first one also stands in the help of the whole program. */
  readonly examples: readonly Example[];
  /** All of its flags. A flag with the name `log` asks for a log of chains, see {@linkcode chainLogFlag}. */
  readonly flags: Table;
  /** Its tools, which run without serving: `millrace metrics check FILE`. */
  readonly tools?: readonly Tool[];
  /** Whether a line says so when the variable PORT may not be read. */
  readonly mentionsPort?: boolean;
  /** Opens its ports and begins to serve. @throws {UsageError | StartError} when it cannot start */
  readonly start: (context: StartContext<FlagValues<Table> & CommonValues>) => Promise<RunningCommand>;
  /** Starts one of several workers, with what the command gave to its pool. */
  readonly startWorker?: StartWorkerProgram<never>;
}

/** Why a command could not start although its flags were well-formed, with its exit code. */
export class StartError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "StartError";
  /** 1 if the world is in the way (port in use), 2 if the value of a flag is. */
  readonly exitCode: 1 | 2;

  /** @param message one line for stderr */
  constructor(exitCode: 1 | 2, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/**
 * Explains to the user why a port or a socket could not be opened.
 *
 * @param flag the flag that names the port
 */
export function portError(error: ConnectionError, address: NetAddress, flag = "--port"): StartError {
  const where = formatAddress(address);
  const { named, inUse } = describePlace(address, flag);
  const cause = { cause: error };
  switch (error.code) {
    case "in-use":
      return new StartError(1, `cannot open ${named}: ${inUse}`, cause);
    case "denied":
      return new StartError(1, `cannot open ${named}: no permission to listen on ${where}`, cause);
    case "bad-certificate":
      return new StartError(
        2,
        "bad value for --tls-cert: expected PEM files that belong to --tls-key",
        cause,
      );
    default:
      return new StartError(2, `bad value for ${hostFlagOf(named)}: cannot listen on ${where}`, cause);
  }
}

/** @returns the flag that names a place, and the words for a place in use */
function describePlace(
  address: NetAddress,
  portFlag: string,
): { readonly named: string; readonly inUse: string } {
  switch (address.transport) {
    case "tcp":
      return {
        named: portFlag,
        inUse: `port ${address.port} is already in use on ${address.hostname}`,
      };
    case "unix":
      return { named: "--socket", inUse: `socket ${address.path} is already in use` };
  }
}

/** The flag of the host that belongs to the flag of a port: `--admin-host` of `--admin-port`. */
function hostFlagOf(flag: string): string {
  return flag.replace(/port$/, "host");
}

// 2 if the caller chose a file or a runtime that cannot work; 1 if a file is in the way.
const STORE_EXIT_CODES: Readonly<Record<StoreOpenErrorCode, 1 | 2>> = {
  "no-directory": 2,
  "no-sqlite": 2,
  denied: 2,
  foreign: 1,
  damaged: 1,
  locked: 1,
  failed: 1,
};

/**
 * Explains why the database file or the store of a flag could not be used.
 *
 * @param flag with its dashes: `--data`
 */
export function storeError(flag: string, error: StoreOpenError): StartError {
  const state = error.message.replace(/^Cannot/, "cannot");
  return new StartError(STORE_EXIT_CODES[error.code], `bad value for ${flag}: ${state}`, { cause: error });
}
