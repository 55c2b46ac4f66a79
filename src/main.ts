// The only reader of arguments, environment and signals, and the only writer to the console.

import { open, readFile } from "node:fs/promises";
import { SYSTEM_CLOCK } from "./clock.ts";
import {
  type Command,
  type CommonValues,
  portError,
  type RunningCommand,
  type StartContext,
  StartError,
} from "./command.ts";
import { describeFlags, type FlagTable, parseFlags, UsageError } from "./flags.ts";
import { LogFileError } from "./log/line_target.ts";
import { type Logs, type LogTarget, openLogs } from "./log/open_logs.ts";
import { ConnectionError, type Listener, type ListenOptions } from "./net/connection.ts";
import { listen } from "./net/listen.ts";
import { appCommand } from "./servers/app/command.ts";
import { metricsCommand } from "./servers/metrics/command.ts";
import { staticCommand } from "./servers/static/command.ts";
import { trapCommand } from "./servers/trap/command.ts";
import settings from "../deno.json" with { type: "json" };

type AnyCommand = Omit<Command, "flags" | "start"> & {
  readonly flags: FlagTable & Command["flags"];
  readonly start: (context: never) => Promise<RunningCommand>;
};

const COMMANDS: readonly AnyCommand[] = [appCommand, staticCommand, trapCommand, metricsCommand];
const DEFAULT_COMMAND = appCommand;

const encoder = new TextEncoder();

/**
 * The program: chooses the server, starts it, and ends the process when it is done.
 *
 * Exit codes: 0 after a stop signal, 1 when the world is in the way (port in use), 2 for mistakes on the command line.
 *
 * @param args the command line; default that of the process
 */
export async function main(args: readonly string[] = Deno.args): Promise<void> {
  try {
    await runCommand(args);
  } catch (error) {
    if (error instanceof UsageError || error instanceof LogFileError) exitWith(2, error.message);
    if (error instanceof StartError) exitWith(error.exitCode, error.message);
    throw error;
  }
}

async function runCommand(args: readonly string[]): Promise<void> {
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
  await startCommand(command, { ...given, port }, remarks);
}

/** The port that the environment names, where the command looks there and that may be read: nobody is prompted. */
async function readPortVariable(
  { portVariable, flags }: AnyCommand,
  remarks: string[],
): Promise<number | undefined> {
  if (portVariable === undefined) return undefined;
  const { state } = await Deno.permissions.query({ name: "env", variable: portVariable });
  if (state !== "granted") {
    remarks.push(`no permission to read the environment variable ${portVariable}: it is not looked at`);
    return undefined;
  }
  const text = Deno.env.get(portVariable);
  if (text === undefined || text === "") return undefined;
  const port = flags.port.parse(text);
  if (port !== undefined) return port;
  throw new UsageError(
    `bad value for the environment variable ${portVariable}: expected ${flags.port.expected}, got ${
      JSON.stringify(text)
    }`,
  );
}

async function startCommand(command: AnyCommand, values: CommonValues, remarks: string[]): Promise<void> {
  const tls = await readCertificate(values);
  const accessLog = await chooseLogTarget(LOGS.access, values["access-log"], remarks);
  const errorLog = await chooseLogTarget(LOGS.error, values["error-log"], remarks);
  const chainLog = await chooseChainLog(command, values, remarks);
  const logs = await openLogs({
    accessLog,
    errorLog,
    chainLog,
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

async function openPort(options: ListenOptions & { readonly hostname: string }): Promise<Listener> {
  try {
    return await listen(options);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    throw portError(error.code, options, error);
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

/** A log as the command line speaks of it. */
interface LogChoice {
  /** Its name, for people. */
  readonly name: string;
  /** The flag that says where it goes. */
  readonly flag: string;
  /** The file in the working directory where it goes by default. */
  readonly file: string;
  /** Where it goes when no file can be written. */
  readonly stream: "stdout" | "stderr";
}

const LOGS: Readonly<Record<"access" | "error", LogChoice>> = {
  access: { name: "access log", flag: "access-log", file: "access.log", stream: "stdout" },
  error: { name: "error log", flag: "error-log", file: "error.log", stream: "stderr" },
};

/** Logs go to files unless that is not allowed: permissions are asked for, so that nobody is prompted. */
async function chooseLogTarget(
  { name, flag, file, stream }: LogChoice,
  value: string | undefined,
  remarks: string[],
): Promise<LogTarget> {
  const consoleTarget: LogTarget = { kind: "console", write: stream === "stdout" ? print : printToError };
  if (value === "off") return { kind: "off" };
  if (value === "-") return consoleTarget;
  const path = value ?? file;
  const obstacle = await findObstacle(path);
  if (obstacle === undefined) return { kind: "file", path };
  if (value !== undefined) {
    throw new UsageError(`bad value for --${flag}: ${obstacle} ${JSON.stringify(value)}`);
  }
  remarks.push(`${obstacle} ${path}: the ${name} goes to ${stream}`);
  return consoleTarget;
}

async function chooseChainLog(
  { name, flags }: AnyCommand,
  values: CommonValues & { readonly log?: unknown },
  remarks: string[],
): Promise<LogTarget> {
  if (!Object.hasOwn(flags, "log")) return { kind: "off" };
  const value = typeof values.log === "string" ? values.log : undefined;
  return await chooseLogTarget(
    { name: `${name} log`, flag: "log", file: `${name}.log`, stream: "stdout" },
    value,
    remarks,
  );
}

/** Why a file cannot be appended to; undefined when it can. */
async function findObstacle(path: string): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "write", path });
  if (state !== "granted") return "no permission to write";
  try {
    await (await open(path, "a")).close();
    return undefined;
  } catch {
    return "cannot write";
  }
}

function stopOnSignals(running: RunningCommand, logs: Logs): void {
  let isStopping = false;
  const stop = async (number: number): Promise<void> => {
    if (isStopping) {
      logs.flushSync();
      Deno.exit(128 + number);
    }
    isStopping = true;
    await running.shutdown();
    await logs.close();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", () => stop(2));
  // Windows knows no SIGTERM.
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => stop(15));
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
  Deno.exit(code);
}

function printLine(line: string): void {
  print(line + "\n");
}

function printError(line: string): void {
  printToError(`millrace: ${line}\n`);
}

function print(text: string): void {
  writeAll(Deno.stdout, text);
}

function printToError(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  for (let start = 0; start < bytes.length;) start += stream.writeSync(bytes.subarray(start));
}
