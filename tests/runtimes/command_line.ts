// The black-box suite: one case runs against the command line under each runtime. Deno runs the source, Node and Bun
// run the bundle.

import {
  type Ended,
  launchSource,
  type Program,
  type ProgramOptions,
  ROOT,
  runCommand,
  startCommand,
} from "../support/program.ts";
import { bundled } from "./bundled.ts";
import { type RuntimeName, RUNTIMES, testOn } from "./runtimes.ts";

/** The command line of millrace under one runtime. */
export interface CommandLine {
  readonly runtime: RuntimeName;
  /** Starts a server on a free port and waits for its ready line. @throws {Error} when it ends before that */
  startProgram(args: readonly string[], options?: ProgramOptions): Promise<Program>;
  /** Runs it to its end. */
  runProgram(args: readonly string[], options?: ProgramOptions): Promise<Ended>;
}

/** Why runtimes cannot pass a case, for the output and for the table of the README. */
export type Skips = Partial<Record<RuntimeName, string>>;

/** For cases about what may not be written: only Deno asks. */
export const NO_PERMISSIONS: Skips = {
  "Node 20": "no permissions to withhold",
  "Node 24": "no permissions to withhold",
  "Bun": "no permissions to withhold",
};

/** Registers a case once for each runtime. */
export function test(
  name: string,
  body: (commandLine: CommandLine) => Promise<void>,
  skips: Skips = {},
): void {
  for (const runtime of RUNTIMES) {
    testOn(runtime, name, (binary) => body(commandLineOf(runtime.name, binary)), skips[runtime.name]);
  }
}

function commandLineOf(runtime: RuntimeName, binary: string): CommandLine {
  const launch = async (args: readonly string[], options: ProgramOptions): Promise<Deno.Command> => {
    if (runtime === "Deno") return launchSource(args, options);
    return new Deno.Command(binary, {
      args: [await bundled(), ...args],
      cwd: options.directory ?? ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  };
  return {
    runtime,
    startProgram: async (args, options = {}) => startCommand(await launch([...args, "--port", "0"], options)),
    runProgram: async (args, options = {}) => runCommand(await launch(args, options)),
  };
}
