// The only reader of arguments, environment and signals, and the only writer to the console.

import { tcpAddress } from "./net/address.ts";
import { writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { SYSTEM_CLOCK } from "./base/clock.ts";
import {
  type Command,
  type CommonValues,
  portError,
  type RunningCommand,
  type StartContext,
  StartError,
} from "./program/command.ts";
import { chooseLogTargets } from "./program/log_targets.ts";
import { describeFlags, type FlagTable, parseFlags, UsageError } from "./program/flags.ts";
import { LogFileError } from "./log/line_target.ts";
import { type Logs, openLogs } from "./log/open_logs.ts";
import { ConnectionError, type Listener, type ListenOptions } from "./net/connection.ts";
import { listen } from "./net/listen.ts";
import { appCommand } from "./servers/app/command.ts";
import { metricsCommand } from "./servers/metrics/command.ts";
import { staticCommand } from "./servers/static/command.ts";
import { trapCommand } from "./servers/trap/command.ts";
import { runInWorker, type StartWorkerProgram } from "./program/workers.ts";
import settings from "../deno.json" with { type: "json" };

type AnyCommand = Omit<Command, "flags" | "start"> & {
  readonly flags: FlagTable & Command["flags"];
  readonly start: (context: never) => Promise<RunningCommand>;
};

const COMMANDS: readonly AnyCommand[] = [appCommand, staticCommand, trapCommand, metricsCommand];
const DEFAULT_COMMAND = appCommand;

const STDOUT = 1;
const STDERR = 2;
const encoder = new TextEncoder();

/**
 * The program: chooses the server, starts it, and ends the process when it is done.
 *
 * Exit codes: 0 after a stop signal, 1 when the world is in the way (port in use), 2 for mistakes on the command line.
 *
 * In a worker of a command it does that worker's part instead.
 *
 * @param program the module to start again in workers; it calls this function there
 * @param args the command line; default that of the process
 */
export async function main(program: URL, args?: readonly string[]): Promise<void> {
  if (args === undefined && runInWorker(startInWorker)) return;
  try {
    await runCommand(program, args ?? process.argv.slice(2));
  } catch (error) {
    if (error instanceof UsageError || error instanceof LogFileError) exitWith(2, error.message);
    if (error instanceof StartError) exitWith(error.exitCode, error.message);
    throw error;
  }
}

const startInWorker: StartWorkerProgram<{ readonly command: string }> = (init, send) => {
  const { startWorker } = COMMANDS.find(({ name }) => name === init.command)!;
  return startWorker!(init as never, send);
};

async function runCommand(program: URL, args: readonly string[]): Promise<void> {
  const [word] = args;
  const isNamed = word !== undefined && !word.startsWith("-");
  const command = isNamed ? COMMANDS.find(({ name }) => name === word) : DEFAULT_COMMAND;
  if (command === undefined) {
    throw new UsageError(
      `unknown command "${word}": expected ${COMMANDS.map(({ name }) => name).join(", ")}`,
    );
  }
  // Without its default, a port that was not given can be told from one that was.
  const { flags: { port: portFlag, ...flags } } = command;
  const given = parseFlags(isNamed ? args.slice(1) : args, {
    ...flags,
    port: { ...portFlag, default: undefined },
  });
  if (given.help) return printLine(helpText(command));
  if (given.version) return printLine(`millrace ${settings.version}`);
  const remarks: string[] = [];
  const port = given.port ?? await readPortVariable(command, remarks) ?? portFlag.default;
  await startCommand(program, { command, values: { ...given, port }, remarks });
}

/** The port that the environment names, where the command looks there and that may be read: nobody is prompted. */
async function readPortVariable(
  { portVariable, flags }: AnyCommand,
  remarks: string[],
): Promise<number | undefined> {
  if (portVariable === undefined) return undefined;
  if (!await isAllowed({ name: "env", variable: portVariable })) {
    remarks.push(`no permission to read the environment variable ${portVariable}: it is not looked at`);
    return undefined;
  }
  const text = process.env[portVariable];
  if (text === undefined || text === "") return undefined;
  const port = flags.port.parse(text);
  if (port !== undefined) return port;
  throw new UsageError(
    `bad value for the environment variable ${portVariable}: expected ${flags.port.expected}, got ${
      JSON.stringify(text)
    }`,
  );
}

/** What is to be started. */
interface Start {
  readonly command: AnyCommand;
  readonly values: CommonValues;
  /** What the user should know about it. */
  readonly remarks: string[];
}

async function startCommand(program: URL, { command, values, remarks }: Start): Promise<void> {
  const tls = await readCertificate(values);
  const mayWrite = (path: string): Promise<boolean> => isAllowed({ name: "write", path });
  const logs = await openLogs({
    ...await chooseLogTargets(command, values, { mayWrite, print, printToError, remarks }),
    format: values["log-format"],
    lowestLevel: values["log-level"],
    onError: (error) =>
      printError(`cannot write a log: ${error instanceof Error ? error.message : String(error)}`),
  });
  let running: RunningCommand;
  try {
    const context: StartContext<CommonValues> = {
      values,
      logs,
      clock: SYSTEM_CLOCK,
      program,
      openPort: (port: number) => openPort({ hostname: values.host, port, ...tls }),
      fail: (message: string): never => {
        logs.flushSync();
        exitWith(1, message);
      },
    };
    // Each command gets the values of its own table, which parseFlags has made.
    running = await command.start(context as never);
  } catch (error) {
    await logs.close();
    throw error;
  }
  stopOnSignals(running, logs);
  // Said now and not before: a start that fails says one line, and why.
  for (const remark of remarks) printError(remark);
  for (const announcement of running.announcements) printLine(`millrace ${announcement}`);
  await running.finished;
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

async function readCertificate(values: CommonValues): Promise<Pick<ListenOptions, "tls">> {
  const { "tls-cert": cert, "tls-key": key } = values;
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined) throw new UsageError("missing --tls-cert: expected it together with --tls-key");
  if (key === undefined) throw new UsageError("missing --tls-key: expected it together with --tls-cert");
  return { tls: { cert: await readPem("tls-cert", cert), key: await readPem("tls-key", key) } };
}

async function readPem(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf-8");
  } catch (cause) {
    throw new UsageError(
      `bad value for --${flag}: expected a readable PEM file, got ${JSON.stringify(path)}`,
      {
        cause,
      },
    );
  }
}

/** Whether something may be done without the user being asked first, which Deno alone does. */
async function isAllowed(permission: Deno.PermissionDescriptor): Promise<boolean> {
  if (!("Deno" in globalThis)) return true;
  const { state } = await Deno.permissions.query(permission);
  return state === "granted";
}

function stopOnSignals(running: RunningCommand, logs: Logs): void {
  let isStopping = false;
  const stop = async (number: number): Promise<void> => {
    if (isStopping) {
      logs.flushSync();
      process.exit(128 + number);
    }
    isStopping = true;
    await running.shutdown();
    await logs.close();
    process.exit(0);
  };
  process.on("SIGINT", () => stop(2));
  process.on("SIGTERM", () => stop(15));
}

function helpText(command: AnyCommand): string {
  const commands = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join("\n");
  return `millrace ${settings.version}: ${command.summary}\n\n` +
    `Usage: millrace ${command.name} [flags]\n\nCommands:\n${commands}\n\nFlags:\n${
      describeFlags(command.flags)
    }`;
}

function exitWith(code: number, message: string): never {
  printError(message);
  process.exit(code);
}

function printLine(line: string): void {
  print(line + "\n");
}

function printError(line: string): void {
  printToError(`millrace: ${line}\n`);
}

function print(text: string): void {
  writeAll(STDOUT, text);
}

function printToError(text: string): void {
  writeAll(STDERR, text);
}

// Written before the call returns, on every runtime and whatever stands behind: the process may end right after it.
function writeAll(fileDescriptor: number, text: string): void {
  const bytes = encoder.encode(text);
  for (let start = 0; start < bytes.length;) start += writeSync(fileDescriptor, bytes, start);
}
