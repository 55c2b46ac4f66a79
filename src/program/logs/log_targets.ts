// The targets of a command's logs: files, unless writing is not allowed or not wanted.

import { open } from "node:fs/promises";
import type { Command } from "../command.ts";
import type { CommonValues } from "../flags/common_flags.ts";
import { type FlagTable, UsageError } from "../flags/flag.ts";
import type { ConsoleWrite } from "../../log/line_target.ts";
import type { LogOptions, LogTarget } from "../../log/open_logs.ts";

/** A log of a command. */
interface LogChoice {
  /** Its name, for people. */
  readonly name: string;
  /** The flag that names its target. */
  readonly flag: string;
  /** Its default file in the working directory. */
  readonly file: string;
  /** The stream to write to if no file can be written. */
  readonly stream: "stdout" | "stderr";
}

/** Control over the logs of a program. */
export interface LogPlaces {
  /** Whether a file may be written without asking the user. */
  readonly mayWrite: (path: string) => Promise<boolean>;
  /** Writes to the console without blocking. */
  readonly write: Readonly<Record<"stdout" | "stderr", ConsoleWrite>>;
  /** Gets remarks for the user about the choice. */
  readonly remarks: string[];
}

const ACCESS: LogChoice = { name: "access log", flag: "access-log", file: "access.log", stream: "stdout" };
const ERROR: LogChoice = { name: "error log", flag: "error-log", file: "error.log", stream: "stderr" };

/**
 * Chooses the targets of the logs of a command.
 *
 * @throws {UsageError} for a named file that cannot be written
 */
export async function chooseLogTargets(
  { name, flags }: { readonly name: Command["name"]; readonly flags: FlagTable },
  values: CommonValues & { readonly log?: unknown },
  places: LogPlaces,
): Promise<Pick<LogOptions, "accessLog" | "errorLog" | "chainLog">> {
  const chain: LogChoice = { name: `${name} log`, flag: "log", file: `${name}.log`, stream: "stdout" };
  const chainFile = typeof values.log === "string" ? values.log : undefined;
  return {
    accessLog: await chooseLogTarget(ACCESS, values["access-log"], places),
    errorLog: await chooseLogTarget(ERROR, values["error-log"], places),
    chainLog: Object.hasOwn(flags, "log") ? await chooseLogTarget(chain, chainFile, places) : { kind: "off" },
  };
}

async function chooseLogTarget(
  { name, flag, file, stream }: LogChoice,
  value: string | undefined,
  places: LogPlaces,
): Promise<LogTarget> {
  const write = places.write[stream];
  if (value === "off") return { kind: "off" };
  if (value === "-") return { kind: "console", write };
  const path = value ?? file;
  const obstacle = await findObstacle(path, places);
  if (obstacle === undefined) return { kind: "file", path };
  if (value !== undefined) {
    throw new UsageError(`bad value for --${flag}: ${obstacle} ${JSON.stringify(value)}`);
  }
  places.remarks.push(`${obstacle} ${path}: the ${name} goes to ${stream}`);
  return { kind: "console", write };
}

/** Why a file cannot be appended to; undefined when it can. */
async function findObstacle(path: string, { mayWrite }: LogPlaces): Promise<string | undefined> {
  if (!await mayWrite(path)) return "no permission to write";
  try {
    await (await open(path, "a")).close();
    return undefined;
  } catch {
    return "cannot write";
  }
}
