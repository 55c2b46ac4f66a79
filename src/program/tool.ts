// A command that does one thing and ends, unlike the servers.

import type { FlagTable, FlagValues } from "./flags/flag.ts";

/** A command line as an example. */
export interface Example {
  /** The words after `millrace`. */
  readonly line: string;
  /** Its purpose, in a few words. */
  readonly does: string;
}

/** The surroundings of a tool. */
export interface ToolContext<Values> {
  /** The values of its flags. */
  readonly values: Values;
  /** Writes text to stdout. */
  readonly print: (text: string) => void;
  /** Writes a line to stderr: `millrace: ` and the message. */
  readonly printError: (message: string) => void;
  /** Whether stdout is a terminal, where progress may be shown. */
  readonly isTerminal: boolean;
}

/** A command that does one thing and ends. */
export interface Tool<Table extends FlagTable = FlagTable> {
  /** The word that chooses it. */
  readonly name: string;
  /** Its purpose, in one line. */
  readonly summary: string;
  /** For `--help`. */
  readonly examples: readonly Example[];
  /** All of its flags; those with only a place are its arguments. */
  readonly flags: Table;
  /** Does it. @returns the exit code @throws {UsageError | StartError} when it fails */
  run(context: ToolContext<FlagValues<Table>>): Promise<number>;
}
