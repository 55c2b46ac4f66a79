// The life of a server from its flags to its end, without the names of any runtime.

import { SYSTEM_CLOCK } from "../base/clock.ts";
import { type Logs, openLogs } from "../log/open_logs.ts";
import { tcpAddress } from "../net/address.ts";
import { ConnectionError, type Listener, type ListenOptions } from "../net/connection.ts";
import { listen } from "../net/listen.ts";
import { readCertificate } from "./certificate.ts";
import { type Command, portError, type RunningCommand, type StartContext } from "./command.ts";
import type { CommonValues } from "./flags/common_flags.ts";
import type { FlagTable } from "./flags/flag.ts";
import { readFlags } from "./flags/parse_flags.ts";
import type { Variables } from "./flags/variables.ts";
import { helpOfCommand } from "./help_text.ts";
import { chooseLogTargets } from "./log_targets.ts";

/** What the program is given by the runtime and the system around it. */
export interface Surroundings {
  /** Writes to stdout. */
  readonly print: (text: string) => void;
  /** Writes to stderr. */
  readonly printToError: (text: string) => void;
  /** What the environment says about flags, as far as it may be read. */
  readonly readVariables: (table: FlagTable) => Promise<Variables>;
  /** Whether something may be done without the user being asked first. */
  readonly isAllowed: (permission: { readonly name: "env"; readonly variable: string }) => Promise<boolean>;
  /** Whether a file may be written without the user being asked first. */
  readonly mayWrite: (path: string) => Promise<boolean>;
  /** Calls back at each signal of a kind. */
  readonly onSignal: (name: "SIGINT" | "SIGTERM", tell: () => void) => void;
  /** Ends the process. */
  readonly exit: (code: number) => never;
}

/** A server that was asked for. */
export interface ServerCall {
  readonly command: Omit<Command, "flags" | "start"> & {
    readonly flags: FlagTable & Command["flags"];
    readonly start: (context: never) => Promise<RunningCommand>;
  };
  /** The words after the command. */
  readonly args: readonly string[];
  /** The version of the program. */
  readonly version: string;
  /** The module to start again in workers. */
  readonly program: URL;
}

/**
 * Reads the flags of a server and runs it to its end.
 *
 * @throws {UsageError | LogFileError | StartError} when it cannot start
 */
export async function runServerCommand(call: ServerCall, surroundings: Surroundings): Promise<void> {
  const { command, args, version, program } = call;
  const { print, printToError, readVariables } = surroundings;
  const { values, given } = readFlags(args, command.flags, await readVariables(command.flags));
  if (values.help) return print(`${helpOfCommand(command)}\n`);
  if (values.version) return print(`millrace ${version}\n`);
  const remarks = await remarkOnPort(command, given, surroundings);
  const printError = (message: string): void => printToError(`millrace: ${message}\n`);
  const tls = await readCertificate(values);
  const logs = await openLogs({
    ...await chooseLogTargets(command, values, { ...surroundings, remarks }),
    format: values["log-format"] === "json" ? "json" : "text",
    lowestLevel: values["log-level"],
    onError: (error) =>
      printError(`cannot write a log: ${error instanceof Error ? error.message : String(error)}`),
  });
  let running: RunningCommand;
  try {
    const context: StartContext<CommonValues> = {
      values,
      given,
      logs,
      clock: SYSTEM_CLOCK,
      program,
      openPort: (port) => openPort({ hostname: values.host, port, ...tls }),
      fail: (message) => {
        logs.flushSync();
        printError(message);
        surroundings.exit(1);
      },
    };
    // Each command gets the values of its own table, which readFlags has made.
    running = await command.start(context as never);
  } catch (error) {
    await logs.close();
    throw error;
  }
  stopOnSignals(running, logs, surroundings);
  // Said now and not before: a start that fails says one line, and why.
  for (const remark of remarks) printError(remark);
  for (const announcement of running.announcements) print(`millrace ${announcement}\n`);
  await running.finished;
}

/** What the user should know when the variable that platforms set may not be read. */
async function remarkOnPort(
  { mentionsPort }: ServerCall["command"],
  given: ReadonlyMap<string, string>,
  { isAllowed }: Surroundings,
): Promise<string[]> {
  if (mentionsPort !== true || given.has("port")) return [];
  if (await isAllowed({ name: "env", variable: "PORT" })) return [];
  return ["no permission to read the environment variable PORT: it is not looked at"];
}

async function openPort(
  options: ListenOptions & { readonly hostname: string; readonly port: number },
): Promise<Listener> {
  try {
    return await listen(options);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    throw portError(error.code, tcpAddress(options.hostname, options.port), error);
  }
}

function stopOnSignals(running: RunningCommand, logs: Logs, { onSignal, exit }: Surroundings): void {
  let isStopping = false;
  const stop = async (number: number): Promise<void> => {
    if (isStopping) {
      logs.flushSync();
      exit(128 + number);
    }
    isStopping = true;
    await running.shutdown();
    await logs.close();
    exit(0);
  };
  onSignal("SIGINT", () => void stop(2));
  onSignal("SIGTERM", () => void stop(15));
}
