import { urlOf } from "../../net/address.ts";
import { type Command, storeError } from "../../program/command.ts";
import { commonFlags, CONSOLE_LOG_FLAGS } from "../../program/flags/common_flags.ts";
import { choiceFlag, countFlag, durationFlag, fileFlag, timeFlag } from "../../program/flags/flag_kinds.ts";
import { storeFlag } from "../../program/flags/store_flags.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import { copyTool } from "./cluster/copy_tool.ts";
import { openSharedStore } from "./cluster/shared_store.ts";
import { runServer } from "./run_server.ts";

const COMMON = commonFlags(8181);

const FLAGS = {
  ...COMMON,
  ...CONSOLE_LOG_FLAGS,
  "access-log": { ...COMMON["access-log"], help: "where commands are logged, - for stdout", default: "off" },
  // Never by default: a client that sends a sample an hour is no idle client.
  "idle-timeout-ms": timeFlag({
    group: "limits",
    help: "silence after which a client is closed, 0 for never",
    default: 0,
    shownDefault: "0",
    min: 0,
  }),
  data: fileFlag({ help: "database file; without it samples live in memory" }),
  durability: choiceFlag({
    choices: ["full", "normal"],
    help: "what ok means with --data: on disk, or given to the system",
    default: "full",
  }),
  store: storeFlag("Redis or Valkey Cluster that several nodes share, in place of --data"),
  ack: choiceFlag({
    choices: ["replicated", "primary"],
    help: "what ok means with --store: a replica has it too, or the primary",
    default: "replicated",
  }),
  retention: durationFlag({ help: "age at which samples are dropped, such as 30d" }),
  "max-series": countFlag("keys; a put of one more is refused"),
  "max-samples": countFlag("samples; a put of one more is refused"),
};

/** `mod.ts metrics`: the metrics store with its line protocol over TCP. */
export const metricsCommand: Command<typeof FLAGS> = {
  name: "metrics",
  summary: "metrics store, put and get over TCP",
  examples: [
    {
      line: "metrics --data metrics.db --retention 30d",
      does: "keeps the samples of a month across restarts",
    },
    { line: "metrics --host :: --max-series 100000", does: "for other machines too, with a bound" },
  ],
  flags: FLAGS,
  tools: [copyTool],
  async start({ values, given, logs, clock, openListener }) {
    const logText = (level: "debug" | "error") => (message: string): void =>
      logs.error?.write({ level, timeMs: clock.nowMs(), message });
    const { commands } = logs;
    const shared = await openSharedStore({
      address: values.store,
      acknowledgement: values.ack,
      given,
      log: { error: logText("error") },
      retentionSeconds: values.retention,
      maxSeries: values["max-series"],
      maxSamples: values["max-samples"],
    });
    const server = await runServer(values.host, values.port, {
      openPort: () => openListener(),
      store: shared?.store,
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
      access: commands &&
        (({ client, status, command }) => commands.write({ timeMs: clock.nowMs(), client, status, command })),
    }).catch((error: unknown) => {
      throw error instanceof StoreOpenError ? storeError("--data", error) : error;
    });
    const listening = { address: server.address, isEncrypted: values["tls-cert"] !== undefined };
    return {
      announcements: [`metrics listening on ${urlOf(listening, "tcp")}`],
      isReady: () => shared?.health.current.isReady ?? true,
      shutdown: () => server.close(),
      finished: server.finished,
    };
  },
};
