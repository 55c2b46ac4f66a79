// The only reader of arguments, environment and signals, and the writer to the console.

import { write, writeSync } from "node:fs";
import process from "node:process";
import { isatty } from "node:tty";
import { COMMANDS, DEFAULT_COMMAND, TOOLS } from "./commands.ts";
import { SYSTEM_CLOCK } from "./base/clock.ts";
import { messageOfError } from "./base/error_text.ts";
import { type ConsoleWrite, LogFileError } from "./log/line_target.ts";
import { chooseAction } from "./program/command_line/choose_action.ts";
import { StartError } from "./program/command.ts";
import { type FlagTable, UsageError } from "./program/flags/flag.ts";
import { parseFlags } from "./program/flags/parse_flags.ts";
import { type Variables, variablesOf } from "./program/flags/variables.ts";
import { helpOfCommand } from "./program/command_line/help_text.ts";
import { closeDebugger } from "./program/debugger.ts";
import { findPassedSocket, SOCKET_VARIABLES } from "./program/passed_socket.ts";
import type { SignalName } from "./program/signals.ts";
import type { Surroundings } from "./program/surroundings.ts";
import type { Tool } from "./program/tool.ts";
import { runInWorker, type StartWorkerProgram } from "./program/workers/workers.ts";
import settings from "../deno.json" with { type: "json" };

const STDIN = 0;
const FILES = { stdout: 1, stderr: 2 } as const;
// The time until a pipe that another program has made non-blocking takes more.
const RETRY_MS = 10;
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
  const parts = { ...settings, commands: COMMANDS, defaultCommand: DEFAULT_COMMAND, tools: TOOLS };
  const action = chooseAction(args, parts);
  switch (action.kind) {
    case "print":
      return printLine(action.text);
    case "tool":
      return await runTool(action);
    case "serve": {
      // Signals count from here on; help and tools load no part of a server.
      const surroundings = createSurroundings();
      const { runServerCommand } = await import("./program/server_command.ts");
      return await runServerCommand({ ...action, version: settings.version, program }, surroundings);
    }
  }
}

async function runTool(
  { name, tool, args }: { readonly name: string; readonly tool: Tool; readonly args: readonly string[] },
): Promise<void> {
  const values = parseFlags(args, tool.flags, await readVariables(tool.flags));
  if (values["help"] === true) return printLine(helpOfCommand({ ...tool, name }));
  const isTerminal = isatty(FILES.stdout);
  const code = await tool.run({ values, print, printError, isTerminal });
  if (code !== 0) process.exit(code);
}

function createSurroundings(): Surroundings {
  const hasTerminal = isatty(STDIN);
  // Listened to from the start: without a listener SIGUSR1 opens a debugger on some runtimes.
  let tell = (signal: SignalName): void => {
    if (signal !== "SIGUSR1" && (signal !== "SIGHUP" || hasTerminal)) process.exit(0);
  };
  for (const signal of SIGNALS) process.on(signal, () => tell(signal));
  process.on("SIGUSR1", keepDebuggerClosed);
  return {
    runtime: nameRuntime(),
    print,
    write: { stdout: createConsoleWrite("stdout"), stderr: createConsoleWrite("stderr") },
    readVariables,
    passedSocket,
    isAllowed,
    mayWrite: (path) => isAllowed({ name: "write", path }),
    isTerminal: process.stdout.isTTY === true,
    hasTerminal,
    residentBytes: () => process.memoryUsage.rss(),
    onSignal: (listener) => tell = listener,
    exit: (code) => process.exit(code),
  };
}

const SIGNALS: readonly SignalName[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"];

/** Closes the debugger that Deno opens at SIGUSR1; this needs no permission. */
async function keepDebuggerClosed(): Promise<void> {
  if (!("Deno" in globalThis)) return;
  closeDebugger(await import("node:inspector"), SYSTEM_CLOCK);
}

function nameRuntime(): string {
  const { deno, bun, node } = process.versions;
  return deno !== undefined ? `deno ${deno}` : bun !== undefined ? `bun ${bun}` : `node ${node}`;
}

/** Reads the variables of the environment that may be read without asking the user. */
async function readVariables(table: FlagTable): Promise<Variables> {
  const variables = new Map<string, string>();
  const mayReadAll = await isAllowed({ name: "env" });
  for (const variable of variablesOf(table)) {
    if (!mayReadAll && !await isAllowed({ name: "env", variable })) continue;
    const text = process.env[variable];
    if (text !== undefined) variables.set(variable, text);
  }
  return variables;
}

async function passedSocket(): Promise<number | undefined> {
  for (const variable of SOCKET_VARIABLES) {
    if (!await isAllowed({ name: "env", variable })) return undefined;
  }
  return findPassedSocket((name) => process.env[name], process.pid);
}

/** Whether something is allowed without asking the user; only Deno asks. */
async function isAllowed(permission: Deno.PermissionDescriptor): Promise<boolean> {
  if (!("Deno" in globalThis)) return true;
  const { state } = await Deno.permissions.query(permission);
  return state === "granted";
}

function exitWith(code: number, message: string): never {
  printError(message);
  process.exit(code);
}

function printLine(line: string): void {
  print(line + "\n");
}

function printError(line: string): void {
  print(`millrace: ${line}\n`, "stderr");
}

// Written synchronously, on every runtime and to every kind of output, because the process may end right
// after it. A console that is gone or full is no reason to end.
function print(text: string, stream: "stdout" | "stderr" = "stdout"): void {
  const bytes = encoder.encode(text);
  try {
    for (let start = 0; start < bytes.length;) start += writeSync(FILES[stream], bytes, start);
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "EPIPE";
    if (stream === "stdout" && !isGone) printError(`cannot write to stdout: ${messageOfError(error)}`);
  }
}

// Writes of node:fs to a full pipe stop all of Deno 2.9; its own do not.
function createConsoleWrite(stream: "stdout" | "stderr"): ConsoleWrite {
  if ("Deno" in globalThis) return (bytes) => Deno[stream].write(bytes);
  const file = FILES[stream];
  return (bytes) =>
    new Promise((resolve, reject) => {
      const attempt = (): void =>
        write(file, bytes, 0, bytes.length, null, (error, count) => {
          if (error === null) resolve(count);
          else if (error.code === "EAGAIN") SYSTEM_CLOCK.after(RETRY_MS, attempt);
          else reject(error);
        });
      attempt();
    });
}
