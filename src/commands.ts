// The commands of the program.

import type { Command, RunningCommand } from "./program/command.ts";
import { completionsTool } from "./program/command_line/completions.ts";
import type { FlagTable } from "./program/flags/flag.ts";
import type { Tool } from "./program/tool.ts";
import { appCommand } from "./servers/app/command.ts";
import { metricsCommand } from "./servers/metrics/command.ts";
import { staticCommand } from "./servers/static/command.ts";
import { trapCommand } from "./servers/trap/command.ts";

/** A server, whatever its flags are. */
export type AnyCommand = Omit<Command, "flags" | "start"> & {
  readonly flags: FlagTable & Command["flags"];
  readonly start: (context: never) => Promise<RunningCommand>;
};

/** The servers, in the order of the help. */
export const COMMANDS: readonly AnyCommand[] = [appCommand, staticCommand, trapCommand, metricsCommand];

/** The server that runs without a command. */
export const DEFAULT_COMMAND: AnyCommand = appCommand;

/** Commands that are not servers. */
export const TOOLS: readonly Tool[] = [completionsTool(COMMANDS)];
