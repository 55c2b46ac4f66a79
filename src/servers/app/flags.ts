import { httpFlags, logFormatFlag } from "../../program/flags/common_flags.ts";
import { choiceFlag } from "../../program/flags/flag_kinds.ts";
import { storeFlag } from "../../program/flags/store_flags.ts";

/** All flags of the app. */
export const APP_FLAGS = {
  ...httpFlags(8888),
  "log-format": logFormatFlag(["text", "json", "combined"]),
  "non-http": choiceFlag({
    choices: ["exit", "close"],
    help: "response to a client that does not speak HTTP: end the program, or 400",
    default: "exit",
  }),
  scope: choiceFlag({
    choices: ["client", "global"],
    help: "scope of log form and error display: the client that set them, or all clients",
    default: "client",
  }),
  store: storeFlag("Redis or Valkey Cluster where several nodes share log form and error display"),
};
