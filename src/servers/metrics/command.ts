import { urlOf } from "../../net/address.ts";
import { type Command, commonFlags, storeError } from "../../program/command.ts";
import { choiceFlag, countFlag, type Flag, integerFlag, textFlag } from "../../program/flags.ts";
import type { AccessEntry } from "../../log/entry.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import { parseDurationSeconds } from "./duration.ts";
import { runServer } from "./run_server.ts";
import type { MetricsAccess } from "./options.ts";

const COMMON = commonFlags(8181);

const FLAGS = {
  ...COMMON,
  "access-log": { ...COMMON["access-log"], help: "where commands are logged, - for stdout", default: "off" },
  // Never by default: a client that sends a sample an hour is no idle client.
  "idle-timeout-ms": integerFlag({
    placeholder: "MS",
    help: "silence after which a client is closed, 0 for never",
    default: 0,
    min: 0,
    max: 2_147_483_647,
  }),
  data: textFlag({
    placeholder: "FILE",
    help: "database file; without it samples live in memory",
    default: undefined,
  }),
  durability: choiceFlag({
    choices: ["full", "normal"],
    help: "what ok means with --data: on disk, or given to the system",
    default: "full",
  }),
  retention: durationFlag("age at which samples are dropped, as 30d (s, m, h, d)"),
  "max-series": countFlag("keys; a put of one more is refused"),
  "max-samples": countFlag("samples; a put of one more is refused"),
};

function durationFlag(help: string): Flag<number | undefined> {
  const parse = (text: string): number | undefined => {
    try {
      return parseDurationSeconds(text);
    } catch {
      return undefined;
    }
  };
  return {
    help,
    placeholder: "TIME",
    default: undefined,
    expected: "a number with s, m, h or d such as 30d",
    parse,
  };
}

/** `mod.ts metrics`: the metrics store with its line protocol over TCP. */
export const metricsCommand: Command<typeof FLAGS> = {
  name: "metrics",
  summary: "metrics store, put and get over TCP",
  flags: FLAGS,
  async start({ values, logs, clock, openPort }) {
    const logText = (level: "debug" | "error") => (message: string): void =>
      logs.error?.write({ level, timeMs: clock.nowMs(), message });
    const { access } = logs;
    const server = await runServer(values.host, values.port, {
      openPort,
      dataFile: values.data,
      durability: values.durability,
      retentionSeconds: values.retention,
      maxSeries: values["max-series"],
      maxSamples: values["max-samples"],
      maxConnections: values["max-connections"],
      idleTimeoutMs: values["idle-timeout-ms"] || undefined,
      graceMs: values["grace-ms"],
      log: {
        error: logText("error"),
        ...(values["log-level"] === "debug" ? { debug: logText("debug") } : {}),
      },
      access: access && ((entry) => access.write(toAccessEntry(entry, clock.nowMs()))),
    }).catch((error: unknown) => {
      throw error instanceof StoreOpenError ? storeError("--data", error) : error;
    });
    const listening = { address: server.address, isEncrypted: values["tls-cert"] !== undefined };
    return {
      announcements: [`metrics listening on ${urlOf(listening, "tcp")}`],
      shutdown: () => server.close(),
      finished: server.finished,
    };
  },
};

/** A command in the columns of the access log: its first word as the method, the rest as the URL. */
function toAccessEntry({ client, command, status }: MetricsAccess, nowMs: number): AccessEntry {
  const [method = "", ...words] = command.split(" ");
  return {
    timeMs: nowMs,
    id: "-",
    client,
    status: status === "ok" ? 200 : 400,
    method,
    url: words.join(" "),
    cookies: [],
    bytes: 0,
    durationMs: 0,
  };
}
