// The black-box suite: one case runs against the command line under each runtime. Deno runs the source, Node and Bun
// run the bundle.

import { dirname } from "node:path";
import {
  type Ended,
  launchSource,
  type Program,
  type ProgramOptions,
  runCommand,
  startCommand,
  withFreePort,
} from "../support/program.ts";
import { bundled } from "./bundled.ts";
import { type RuntimeName, RUNTIMES, testOn } from "./runtimes.ts";

/** The command line of millrace under one runtime. */
export interface CommandLine {
  readonly runtime: RuntimeName;
  /** Starts a server, on a free port unless one is given, and waits until it is ready. @throws {Error} if it ends first */
  startProgram(args: readonly string[], options?: ProgramOptions): Promise<Program>;
  /** Runs it to its end. */
  runProgram(args: readonly string[], options?: ProgramOptions): Promise<Ended>;
}

/** Registers a case once for each runtime. */
export function test(name: string, body: (commandLine: CommandLine) => Promise<void>): void {
  except({}).test(name, body);
}

/**
 * Registers cases for those runtimes that can pass them.
 *
 * @param reasons why the others cannot, for the output and for the table of the README
 */
export function except(reasons: Partial<Record<RuntimeName, string>>): { readonly test: typeof test } {
  return {
    test(name, body): void {
      for (const runtime of RUNTIMES) {
        testOn(runtime, name, (binary) => body(commandLineOf(runtime.name, binary)), reasons[runtime.name]);
      }
    },
  };
}

/** Registers cases about samples in a file. */
export const withDatabase: { readonly test: typeof test } = except({
  "Node 20": "no node:sqlite before Node 22.13",
});

/** Registers cases about files that must not be written. */
export const withPermissions: { readonly test: typeof test } = except({
  "Node 20": "no permissions to withhold",
  "Node 24": "no permissions to withhold",
  "Bun": "no permissions to withhold",
});

/** The command line under a runtime. @param binary the program of the runtime */
export function commandLineOf(runtime: RuntimeName, binary: string): CommandLine {
  const launch = async (args: readonly string[], options: ProgramOptions): Promise<Deno.Command> => {
    if (runtime === "Deno") return launchSource(args, options);
    const script = await bundled();
    return new Deno.Command(binary, {
      args: [script, ...args],
      // Nothing keeps the program from writing its logs into its working directory.
      cwd: options.directory ?? dirname(script),
      env: options.environment ?? {},
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  };
  return {
    runtime,
    startProgram: async (args, options = {}) =>
      startCommand(await launch(withFreePort(args, options), options)),
    runProgram: async (args, options = {}) => runCommand(await launch(args, options)),
  };
}
