// The life of a server from its flags to its end, without the names of any runtime.

import { messageOfError } from "../base/error_text.ts";
import { SYSTEM_CLOCK } from "../base/clock.ts";
import { type Logs, openLogs } from "../log/open_logs.ts";
import type { ErrorLevel } from "../log/entry.ts";
import { urlOf } from "../net/address.ts";
import type { Server } from "../serving/serve.ts";
import { errorEntryOf } from "../backend/error_entry.ts";
import type { Admin } from "./admin/admin_routes.ts";
import { serveAdmin } from "./admin/admin_server.ts";
import { Figures } from "./admin/figures.ts";
import { ProcessFigures } from "./admin/process_figures.ts";
import { readCertificate } from "./certificate.ts";
import type { Command, RunningCommand, StartContext } from "./command.ts";
import type { CommonValues } from "./flags/common_flags.ts";
import type { FlagTable } from "./flags/flag.ts";
import { readFlags } from "./flags/parse_flags.ts";
import { helpOfCommand } from "./help_text.ts";
import { chooseLogTargets } from "./log_targets.ts";
import { createPorts, type Ports } from "./open_ports.ts";
import { createSignalHandler } from "./signals.ts";
import type { Surroundings } from "./surroundings.ts";

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
  const { print, printToError, readVariables, exit } = surroundings;
  const { values, given } = readFlags(args, command.flags, await readVariables(command.flags));
  if (values.help) return print(`${helpOfCommand(command)}\n`);
  if (values.version) return print(`millrace ${version}\n`);
  const remarks = await remarkOnPort(command, given, surroundings);
  const say = (message: string): void => printToError(`millrace: ${message}\n`);
  const ports = createPorts(values, given, await readCertificate(values));
  const targets = await chooseLogTargets(command, values, { ...surroundings, remarks });
  const logs = await openLogs({
    ...targets,
    format: values["log-format"] === "json" ? "json" : "text",
    lowestLevel: values["log-level"],
    onError: (error) => say(`cannot write a log: ${messageOfError(error)}`),
  });
  const note = (level: ErrorLevel, message: string): void =>
    logs.error?.write({ level, timeMs: SYSTEM_CLOCK.nowMs(), message });
  // On a console that nobody asked for, the ready line has said it.
  const noteLife = targets.errorLog.kind === "file" || given.has("error-log") ? note : () => {};
  const processFigures = new ProcessFigures({
    version,
    command: command.name,
    runtime: surroundings.runtime,
    residentBytes: surroundings.residentBytes,
    droppedLogEntries: () => logs.droppedEntries,
    clock: SYSTEM_CLOCK,
  });
  let state: "starting" | "ready" | "stopping" = "starting";
  let running: RunningCommand | undefined;
  const admin: Admin = {
    figures: new Figures(),
    isReady: () => state === "ready" && (running?.isReady?.() ?? true),
  };
  admin.figures.add(processFigures.source);
  let adminServer: Server | undefined;
  try {
    adminServer = await openAdmin(admin, { values, ports, logs });
    const context: StartContext<CommonValues> = {
      values,
      given,
      logs,
      clock: SYSTEM_CLOCK,
      program,
      admin,
      ...ports,
      fail: (message) => {
        logs.flushSync();
        say(message);
        exit(1);
      },
    };
    // Each command gets the values of its own table, which readFlags has made.
    running = await command.start(context as never);
  } catch (error) {
    processFigures.close();
    await adminServer?.shutdown();
    await logs.close();
    throw error;
  }
  const end = async (code: number): Promise<void> => {
    noteLife("info", `${command.name} has stopped`);
    processFigures.close();
    await adminServer?.shutdown();
    await logs.close();
    exit(code);
  };
  surroundings.onSignal(createSignalHandler({
    running,
    hasTerminal: surroundings.hasTerminal,
    graceMs: values["grace-ms"],
    reload: (what) => void reload(what, { logs, note, say }),
    onStopping: (signal) => {
      state = "stopping";
      noteLife("info", `${command.name} stops: ${signal}`);
    },
    end,
    endNow: (code) => {
      logs.flushSync();
      exit(code);
    },
    say,
    clock: SYSTEM_CLOCK,
  }));
  state = "ready";
  // Said now and not before: a start that fails says one line, and why.
  for (const remark of remarks) say(remark);
  const announcements = [...running.announcements];
  if (adminServer !== undefined) {
    announcements.push(
      `${command.name} admin listening on ${urlOf({ address: adminServer.address, isEncrypted: false })}`,
    );
  }
  noteLife("info", `${announcements[0]}, version ${version}, ${surroundings.runtime}`);
  for (const announcement of announcements) print(`millrace ${announcement}\n`);
  await running.finished;
}

/** Opens the admin port, where one is wanted. @throws {StartError} when it cannot be opened */
async function openAdmin(
  admin: Admin,
  { values, ports, logs }: { readonly values: CommonValues; readonly ports: Ports; readonly logs: Logs },
): Promise<Server | undefined> {
  const port = values["admin-port"];
  if (port === undefined) return undefined;
  const listener = await ports.openPort(port, { hostname: values["admin-host"], flag: "--admin-port" });
  return serveAdmin(listener, admin, {
    clock: SYSTEM_CLOCK,
    onError: (error, client) => logs.error?.write(errorEntryOf(error, SYSTEM_CLOCK.nowMs(), client)),
  });
}

/** Opens the logs again, after they were renamed. */
async function reload(
  _what: "logs" | "all",
  { logs, note, say }: {
    readonly logs: Logs;
    readonly note: (level: ErrorLevel, message: string) => void;
    readonly say: (line: string) => void;
  },
): Promise<void> {
  try {
    await logs.reopen();
    note("info", "logs opened again");
  } catch (error) {
    note("error", messageOfError(error));
    say(messageOfError(error));
  }
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
