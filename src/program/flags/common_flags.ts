// Flags that several servers share, each with one meaning everywhere.

import { parseTrustedProxies } from "../../net/proxy/trusted_proxies.ts";
import { DEFAULT_SETTINGS, type ServeOptions } from "../../serving/serve_options.ts";
import {
  checkedFlag,
  choiceFlag,
  countFlag,
  fileFlag,
  integerFlag,
  portFlag,
  sizeFlag,
  switchFlag,
  timeFlag,
} from "./flag_kinds.ts";
import { type Flag, type FlagTable, type FlagValues, VALUE_SEPARATOR } from "./flag.ts";

/** The forms of log lines. */
export type LogFormatName = "text" | "json" | "combined";

/** Flags of the servers that speak HTTP. @param defaultPort the default of `--port` */
export function httpFlags(defaultPort: number): typeof HTTP_FLAGS {
  return { ...HTTP_FLAGS, port: mainPortFlag(defaultPort) };
}

/** Flags of every server. @param defaultPort the default of `--port` */
export function commonFlags(defaultPort: number): typeof COMMON_FLAGS {
  return { ...COMMON_FLAGS, port: mainPortFlag(defaultPort) };
}

/** The flag of the form of log lines. @param choices the forms that the logs of a command have */
export function logFormatFlag(choices: readonly LogFormatName[]): Flag<LogFormatName> {
  return choiceFlag({ group: "logs", choices, help: "form of the log lines", default: "text" });
}

/** The flag of a command that logs the chains of its requests: main() opens that log. */
export function chainLogFlag(name: string): Flag<string | undefined> {
  return fileFlag({
    group: "logs",
    placeholder: "FILE|-|off",
    help: `log of the chain of each request, - for stdout; ${name}.log if writing is allowed`,
  });
}

function mainPortFlag(defaultPort: number): Flag<number> {
  return {
    ...portFlag("TCP port to listen on, 0 for any free one", defaultPort),
    group: "server",
    alias: "p",
    fallbackVariable: "PORT",
  };
}

const HOST = /^[^\s/]+$/;

/** A flag of an address to listen on; IPv6 also in brackets, as URLs have it. */
export function hostFlag<T extends string | undefined>(
  settings: Pick<Flag<unknown>, "help" | "group"> & { readonly default: T },
): Flag<T | string> {
  return checkedFlag({
    ...settings,
    placeholder: "ADDRESS",
    expected: "an address or a name",
    parse: (text) => HOST.test(text) ? text.replace(/^\[(.*)\]$/, "$1") : undefined,
  });
}

/** A flag that takes a host and a port: `127.0.0.1:8181`, `[::1]:8181`. */
function endpointFlag(settings: Pick<Flag<unknown>, "help" | "group">): Flag<Endpoint | undefined> {
  return checkedFlag({
    ...settings,
    placeholder: "HOST:PORT",
    default: undefined,
    expected: "a host and a port such as 127.0.0.1:8181",
    parse: (text) => {
      const [, bracketed, plain, digits] = /^(?:\[([^\]\s]+)\]|([^:\s]+)):([0-9]{1,5})$/.exec(text) ?? [];
      const port = Number(digits);
      const hostname = bracketed ?? plain;
      return hostname !== undefined && port >= 1 && port <= 65_535 ? { hostname, port } : undefined;
    },
  });
}

/** Reads addresses and networks, separated by commas. */
function parseNetworks(text: string): readonly string[] | undefined {
  const networks = text.split(VALUE_SEPARATOR).flatMap((value) => value.split(",")).map((word) =>
    word.trim()
  );
  try {
    parseTrustedProxies(networks.join(","));
    return networks;
  } catch {
    return undefined;
  }
}

/** A host and a port somewhere else. */
export interface Endpoint {
  /** Name or address, IPv6 without brackets. */
  readonly hostname: string;
  /** TCP port, 1 to 65,535. */
  readonly port: number;
}

const SERVER_FLAGS = {
  host: hostFlag({ group: "server", help: "address or name to listen on", default: "127.0.0.1" }),
  port: mainPortFlag(0),
  socket: fileFlag({
    group: "server",
    placeholder: "PATH",
    help: "listen on a unix socket, in the place of host and port",
  }),
  "trusted-proxy": checkedFlag<readonly string[], readonly string[]>({
    group: "server",
    placeholder: "ADDRESS|CIDR,...",
    help: "proxies trusted to name the client; unix for those on --socket",
    isRepeatable: true,
    default: [],
    shownDefault: "",
    expected: "addresses or networks such as 127.0.0.1,10.0.0.0/8",
    parse: parseNetworks,
  }),
  "proxy-protocol": switchFlag("expect the PROXY protocol, version 1 or 2, in front of each connection", {
    group: "server",
  }),
  "admin-port": checkedFlag<number, undefined>({
    ...portFlag("", 0),
    group: "server",
    help: "port of /healthz, /readyz and /metrics; off without it",
    default: undefined,
  }),
  "admin-host": hostFlag({
    group: "server",
    help: "address of the admin port",
    default: "127.0.0.1",
  }),
  "report-to": endpointFlag({
    group: "server",
    help: "millrace metrics server that gets the figures of /metrics every 10 s",
  }),
  help: switchFlag("print this text and exit", { group: "server", alias: "h" }),
  version: switchFlag("print the version and exit", { group: "server", alias: "V" }),
};

const LOG_FLAGS = {
  "access-log": fileFlag({
    group: "logs",
    placeholder: "FILE|-|off",
    help: "log of requests, - for stdout; access.log if writing is allowed",
  }),
  "error-log": fileFlag({
    group: "logs",
    placeholder: "FILE|-|off",
    help: "log of errors, - for stderr; error.log if writing is allowed",
  }),
  "log-format": logFormatFlag(["text", "json"]),
  "log-level": choiceFlag({
    group: "logs",
    choices: ["debug", "info", "warn", "error"],
    help: "lowest level written to the error log",
    default: "info",
  }),
};

/** The log flags of a command whose logs go to the terminal unless told otherwise. */
export const CONSOLE_LOG_FLAGS = {
  "access-log": { ...LOG_FLAGS["access-log"], help: "log of requests, - for stdout", default: "-" },
  "error-log": { ...LOG_FLAGS["error-log"], help: "log of errors, - for stderr", default: "-" },
};

const TLS_FLAGS = {
  "tls-cert": fileFlag({ group: "TLS", help: "PEM certificate chain: serve over TLS" }),
  "tls-key": fileFlag({ group: "TLS", help: "PEM private key of the certificate" }),
};

const CONNECTION_LIMIT_FLAGS = {
  "idle-timeout-ms": timeFlag({
    group: "limits",
    help: "time between requests, then the connection is closed",
    default: DEFAULT_SETTINGS.idleTimeoutMs,
  }),
  "max-connections": integerFlag({
    group: "limits",
    placeholder: "N",
    help: "connections at once; one more is refused",
    default: DEFAULT_SETTINGS.maxConnections,
    min: 1,
    max: 1_000_000,
  }),
  "max-connections-per-address": countFlag("connections at once from one address; one more is refused", {
    group: "limits",
  }),
  "max-buffered-bytes": sizeFlag({
    group: "limits",
    help: "bytes held for all clients together; beyond that, reading stops",
    default: DEFAULT_SETTINGS.maxBufferedBytes,
  }),
  "grace-ms": timeFlag({
    group: "limits",
    help: "time for running requests when the server stops",
    default: DEFAULT_SETTINGS.graceMs,
    min: 0,
  }),
};

const HTTP_LIMIT_FLAGS = {
  "max-request-line-bytes": sizeFlag({
    group: "limits",
    help: "longest request line, then 414",
    default: DEFAULT_SETTINGS.maxRequestLineBytes,
  }),
  "max-head-bytes": sizeFlag({
    group: "limits",
    help: "largest head of a request, then 431",
    default: DEFAULT_SETTINGS.maxHeadBytes,
  }),
  "max-fields": integerFlag({
    group: "limits",
    placeholder: "N",
    help: "field lines in a head, then 431",
    default: DEFAULT_SETTINGS.maxFields,
    min: 1,
    max: 1_000_000,
  }),
  "max-body-bytes": sizeFlag({
    group: "limits",
    help: "largest content of a request, then 413",
    default: DEFAULT_SETTINGS.maxBodyBytes,
  }),
  "head-timeout-ms": timeFlag({
    group: "limits",
    help: "time to receive the request head, then 408",
    default: DEFAULT_SETTINGS.headTimeoutMs,
  }),
  "body-timeout-ms": timeFlag({
    group: "limits",
    help: "time without any byte of content, then 408",
    default: DEFAULT_SETTINGS.bodyTimeoutMs,
  }),
  "write-timeout-ms": timeFlag({
    group: "limits",
    help: "time without the client taking any byte of a response, then it is cut",
    default: DEFAULT_SETTINGS.writeTimeoutMs,
  }),
  "max-requests-per-connection": countFlag("requests on one connection; the last response says close", {
    group: "limits",
  }),
};

const COMMON_FLAGS = { ...SERVER_FLAGS, ...LOG_FLAGS, ...TLS_FLAGS, ...CONNECTION_LIMIT_FLAGS };
const HTTP_FLAGS = { ...COMMON_FLAGS, ...HTTP_LIMIT_FLAGS };

/** The table of the flags that every server has. */
export type CommonFlags = typeof COMMON_FLAGS;

/** The values of the common flags. */
export type CommonValues = FlagValues<CommonFlags>;

/** `--help` alone, for commands that are no servers. */
export const HELP_FLAGS = { help: SERVER_FLAGS.help } satisfies FlagTable;

/** The limits and time-outs that the flags of HTTP servers set; unset ones are left out. */
export function serveOptionsOf(values: FlagValues<typeof HTTP_FLAGS>): ServeOptions {
  const maxHeadBytes = values["max-head-bytes"];
  const perAddress = values["max-connections-per-address"];
  const perConnection = values["max-requests-per-connection"];
  return {
    ...(perAddress === undefined ? {} : { maxConnectionsPerAddress: perAddress }),
    ...(perConnection === undefined ? {} : { maxRequestsPerConnection: perConnection }),
    writeTimeoutMs: values["write-timeout-ms"],
    maxRequestLineBytes: values["max-request-line-bytes"],
    maxHeadBytes,
    // One field may fill a head that is larger, or smaller, than usual.
    maxFieldBytes: maxHeadBytes,
    maxFields: values["max-fields"],
    maxBodyBytes: values["max-body-bytes"],
    maxBufferedBytes: values["max-buffered-bytes"],
    trustedProxies: values["trusted-proxy"],
    headTimeoutMs: values["head-timeout-ms"],
    bodyTimeoutMs: values["body-timeout-ms"],
    idleTimeoutMs: values["idle-timeout-ms"],
    maxConnections: values["max-connections"],
    graceMs: values["grace-ms"],
  };
}
