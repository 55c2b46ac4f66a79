// The logs of a server, and the entries that it writes about itself.

import { SYSTEM_CLOCK } from "../../base/clock.ts";
import type { MemoryBudget } from "../../bytes/memory_budget.ts";
import { messageOfError } from "../../base/error_text.ts";
import type { ErrorLevel } from "../../log/entry.ts";
import { type Logs, openLogs } from "../../log/open_logs.ts";
import type { Command } from "../command.ts";
import type { SayLine } from "./console_lines.ts";
import type { CommonValues } from "../flags/common_flags.ts";
import type { FlagTable, FlagValues } from "../flags/flag.ts";
import { chooseLogTargets } from "./log_targets.ts";
import type { Surroundings } from "../surroundings.ts";

/** The logs of a server. */
export interface ServerLogs {
  readonly logs: Logs;
  /** Notes an event outside of requests in the error log. */
  note(level: ErrorLevel, message: string): void;
  /** Notes a start or a stop in a file; on a console the user has seen it. */
  noteLife(message: string): void;
  /** Opens the log files again, after they were renamed; reports failures. Never rejects. */
  reopen(): Promise<void>;
}

/** Parts of the logs of a server. */
export interface ServerLogsOptions {
  readonly command: { readonly name: Command["name"]; readonly flags: FlagTable };
  readonly values: FlagValues<FlagTable> & CommonValues;
  readonly surroundings: Surroundings;
  readonly say: SayLine;
  /** Gets remarks for the user about the choice of files. */
  readonly remarks: string[];
  /** Counts unwritten entries: if a log is slow, clients are read less. */
  readonly memory: MemoryBudget;
}

/** Opens the logs. @throws {UsageError | LogFileError} for a named file that cannot be written */
export async function openServerLogs(options: ServerLogsOptions): Promise<ServerLogs> {
  const { command, values, surroundings, say, remarks, memory } = options;
  const targets = await chooseLogTargets(command, values, { ...surroundings, remarks });
  const logs = await openLogs({
    ...targets,
    held: memory,
    format: values["log-format"],
    lowestLevel: values["log-level"],
    onError: (error) => void say(`cannot write a log: ${messageOfError(error)}`),
  });
  const note = (level: ErrorLevel, message: string): void =>
    logs.error?.write({ level, timeMs: SYSTEM_CLOCK.nowMs(), message });
  // A console has the ready line, and its user has sent the signal.
  const tellsLife = targets.errorLog.kind === "file";
  return {
    logs,
    note,
    noteLife: (message) => tellsLife ? note("info", message) : undefined,
    async reopen(): Promise<void> {
      try {
        await logs.reopen();
        note("info", "logs opened again");
      } catch (error) {
        note("error", messageOfError(error));
        await say(messageOfError(error));
      }
    },
  };
}
