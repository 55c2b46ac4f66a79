import { commonFlags, CONSOLE_LOG_FLAGS } from "../../program/flags/common_flags.ts";
import type { Flag } from "../../program/flags/flag.ts";
import {
  choiceFlag,
  countFlag,
  durationFlag,
  fileFlag,
  portFlag,
  timeFlag,
} from "../../program/flags/flag_kinds.ts";
import { storeFlag } from "../../program/flags/store_flags.ts";
import { UI_FLAGS } from "../../program/flags/ui_flags.ts";

/** The default port of the server. */
export const METRICS_PORT = 8181;

const COMMON = commonFlags(METRICS_PORT);

/** All flags of the command. */
export const METRICS_FLAGS = {
  ...COMMON,
  ...CONSOLE_LOG_FLAGS,
  "access-log": { ...COMMON["access-log"], help: "log of commands, - for stdout", default: "off" },
  // Never by default, because a client that sends a sample an hour is not idle.
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
    help: "meaning of ok with --data: on disk, or given to the system",
    default: "full",
  }),
  store: storeFlag("Redis or Valkey Cluster that several nodes share, in place of --data"),
  ack: choiceFlag({
    choices: ["replicated", "primary"],
    help: "meaning of ok with --store: a replica has it too, or the primary",
    default: "replicated",
  }),
  retention: durationFlag({ help: "age at which samples are dropped, such as 30d" }),
  "max-future": durationFlag({ help: "how far ahead of the clock a timestamp may be, such as 1d" }),
  "max-series": countFlag("keys; a put of one more is refused"),
  "max-samples": countFlag("samples; a put of one more is refused"),
  "graphite-port": graphitePortFlag(),
  ...UI_FLAGS,
};

function graphitePortFlag(): Flag<number | undefined> {
  const help = "takes Graphite's lines over TCP and UDP, 2003 for most senders; off unless given";
  const { default: _none, ...flag } = portFlag(help, 0);
  return { ...flag, default: undefined };
}
