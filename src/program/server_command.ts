// The life of a server from its flags to its end, without the names of any runtime.

import { MemoryBudget } from "../bytes/memory_budget.ts";
import { SYSTEM_CLOCK } from "../base/clock.ts";
import { messageOfError } from "../base/error_text.ts";
import { errorEntryOf } from "../backend/error_entry.ts";
import { type NetAddress, urlOf } from "../net/address.ts";
import type { Server } from "../serving/serve.ts";
import type { Admin } from "./admin/admin_routes.ts";
import { serveAdmin } from "./admin/admin_server.ts";
import { Figures } from "./admin/figures.ts";
import { ProcessFigures } from "./admin/process_figures.ts";
import { Reporter } from "./admin/reporter.ts";
import { readCertificate } from "./certificate.ts";
import type { Command, RunningCommand, StartContext } from "./command.ts";
import { createSayLine, type SayLine } from "./logs/console_lines.ts";
import type { CommonValues } from "./flags/common_flags.ts";
import type { FlagTable } from "./flags/flag.ts";
import { readFlags } from "./flags/parse_flags.ts";
import { helpOfCommand } from "./command_line/help_text.ts";
import { createPorts, type Ports } from "./open_ports.ts";
import { openServerLogs, type ServerLogs } from "./logs/server_logs.ts";
import { createSignalHandler } from "./signals.ts";
import type { Surroundings } from "./surroundings.ts";

/** A call of a server. */
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
  const { command, args, version } = call;
  const { print, readVariables, write } = surroundings;
  const { values, given } = readFlags(args, command.flags, await readVariables(command.flags));
  if (values.help) return print(`${helpOfCommand(command)}\n`);
  if (values.version) return print(`millrace ${version}\n`);
  const remarks = await remarkOnPort(command, given, surroundings);
  const certificate = await readCertificate(values);
  const passedSocket = await surroundings.passedSocket();
  const say = createSayLine(write.stderr);
  const memory = new MemoryBudget(values["max-buffered-bytes"]);
  const serverLogs = await openServerLogs({ command, values, surroundings, say, remarks, memory });
  const onPortError = (error: unknown, client: NetAddress): void =>
    serverLogs.logs.error?.write(errorEntryOf(error, SYSTEM_CLOCK.nowMs(), client));
  const ports = createPorts(values, given, { ...certificate, passedSocket, onError: onPortError });
  const watch = watchProcess(call, surroundings, serverLogs);
  let state: "starting" | "ready" | "stopping" = "starting";
  let running: RunningCommand | undefined;
  const admin: Admin = {
    figures: new Figures(),
    isReady: () => state === "ready" && (running?.isReady?.() ?? true),
  };
  admin.figures.add(watch.source);
  const parts: ServerParts = { call, surroundings, values, given, ports, memory, serverLogs, admin, say };
  let adminServer: Server | undefined;
  const reporter = startReporter(parts);
  const close = async (): Promise<void> => {
    watch.close();
    reporter?.close();
    await adminServer?.shutdown();
    await serverLogs.logs.close();
  };
  try {
    adminServer = await openAdmin(parts);
    running = await startCommand(parts);
  } catch (error) {
    await close();
    throw error;
  }
  listenToSignals(parts, running, {
    onStopping: () => state = "stopping",
    close,
  });
  state = "ready";
  // Said now and not before, because a failed start prints only one line with its reason.
  for (const remark of remarks) print(`millrace: ${remark}\n`, "stderr");
  announce(parts, running, adminServer);
  await running.finished;
}

/** Everything that exists before the server starts. */
interface ServerParts {
  readonly call: ServerCall;
  readonly surroundings: Surroundings;
  readonly values: CommonValues;
  readonly given: ReadonlyMap<string, string>;
  readonly ports: Ports;
  readonly memory: MemoryBudget;
  readonly serverLogs: ServerLogs;
  readonly admin: Admin;
  readonly say: SayLine;
}

function watchProcess(
  { command, version }: ServerCall,
  { runtime, residentBytes }: Surroundings,
  { logs }: ServerLogs,
): ProcessFigures {
  return new ProcessFigures({
    version,
    command: command.name,
    runtime,
    residentBytes,
    droppedLogEntries: () => logs.droppedEntries,
    clock: SYSTEM_CLOCK,
  });
}

/** Begins to report, if the flags ask for it. */
function startReporter({ call, values, admin, serverLogs }: ServerParts): Reporter | undefined {
  const endpoint = values["report-to"];
  if (endpoint === undefined) return undefined;
  return new Reporter({
    figures: admin.figures,
    endpoint,
    prefix: `millrace.${call.command.name}`,
    clock: SYSTEM_CLOCK,
    onChange: (message) => serverLogs.note("warn", message),
  });
}

/** Opens the admin port, if the flags ask for it. @throws {StartError} when it cannot be opened */
async function openAdmin({ values, ports, admin, serverLogs }: ServerParts): Promise<Server | undefined> {
  const port = values["admin-port"];
  if (port === undefined) return undefined;
  // Probes and scrapers are on the same machine: a certificate is for others.
  const how = { hostname: values["admin-host"], flag: "--admin-port", isPlain: true };
  const listener = await ports.openPort(port, how);
  const { error: errorLog } = serverLogs.logs;
  return serveAdmin(listener, admin, {
    clock: SYSTEM_CLOCK,
    onError: (error, client) => errorLog?.write(errorEntryOf(error, SYSTEM_CLOCK.nowMs(), client)),
  });
}

/** Starts the server. @throws {UsageError | StartError} when it cannot */
async function startCommand(parts: ServerParts): Promise<RunningCommand> {
  const { call, values, given, ports, memory, serverLogs, admin, say, surroundings } = parts;
  const { logs } = serverLogs;
  const context: StartContext<CommonValues> = {
    values,
    given,
    logs,
    clock: SYSTEM_CLOCK,
    memory,
    program: call.program,
    admin,
    ...ports,
    print: (text) => surroundings.print(text),
    isTerminal: surroundings.isTerminal,
    fail: (message) => void Promise.all([logs.flush(), say(message)]).then(() => surroundings.exit(1)),
  };
  // Each command gets the values of its own table, which readFlags has made.
  return await call.command.start(context as never);
}

function listenToSignals(
  parts: ServerParts,
  running: RunningCommand,
  { onStopping, close }: { readonly onStopping: () => void; readonly close: () => Promise<void> },
): void {
  const { call, values, serverLogs, say, surroundings } = parts;
  const { name } = call.command;
  const handle = createSignalHandler({
    running,
    hasTerminal: surroundings.hasTerminal,
    graceMs: values["grace-ms"],
    reload: (what) => void (what === "logs" ? serverLogs.reopen() : reloadAll(parts, running)),
    onStopping: (signal) => {
      onStopping();
      serverLogs.noteLife(`${name} stops: ${signal}`);
    },
    close: async () => {
      serverLogs.noteLife(`${name} has stopped`);
      await close();
    },
    flush: () => serverLogs.logs.flush(),
    exit: surroundings.exit,
    say,
    clock: SYSTEM_CLOCK,
  });
  surroundings.onSignal(handle);
}

/** Opens the logs and reads the certificate again; a bad certificate is reported, and the old one stays. */
async function reloadAll(
  { values, ports, serverLogs, say }: ServerParts,
  running: RunningCommand,
): Promise<void> {
  await serverLogs.reopen();
  try {
    const { tls } = await readCertificate(values);
    if (tls === undefined) return;
    ports.reload(tls);
    await running.reload?.(tls);
    serverLogs.note("info", "certificate read again");
  } catch (error) {
    const message = `the old certificate stays: ${messageOfError(error)}`;
    serverLogs.note("error", message);
    await say(message);
  }
}

/** Prints the addresses of the server. */
function announce(
  { call, serverLogs, surroundings }: ServerParts,
  running: RunningCommand,
  adminServer: Server | undefined,
): void {
  const { command, version } = call;
  const announcements = [...running.announcements];
  if (adminServer !== undefined) {
    const url = urlOf({ address: adminServer.address, isEncrypted: false });
    announcements.push(`${command.name} admin listening on ${url}`);
  }
  serverLogs.noteLife(`${announcements[0]}, version ${version}, ${surroundings.runtime}`);
  for (const announcement of announcements) surroundings.print(`millrace ${announcement}\n`);
}

/** The notice for the user if the variable that platforms set may not be read. */
async function remarkOnPort(
  { mentionsPort }: ServerCall["command"],
  given: ReadonlyMap<string, string>,
  { isAllowed }: Surroundings,
): Promise<string[]> {
  if (mentionsPort !== true || given.has("port")) return [];
  if (await isAllowed({ name: "env", variable: "PORT" })) return [];
  return ["no permission to read the environment variable PORT: it is not looked at"];
}
