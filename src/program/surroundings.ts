import type { ConsoleWrite } from "../log/line_target.ts";
import type { FlagTable } from "./flags/flag.ts";
import type { Variables } from "./flags/variables.ts";
import type { SignalName } from "./signals.ts";

/** The runtime and the system, as the program sees them. */
export interface Surroundings {
  /** The runtime and its version: `deno 2.9.6`. */
  readonly runtime: string;
  /** Writes synchronously, for a start and an end; default to stdout. Text that cannot be written is lost. */
  readonly print: (text: string, stream?: "stdout" | "stderr") => void;
  /** Writes to the console, without making anyone wait. */
  readonly write: Readonly<Record<"stdout" | "stderr", ConsoleWrite>>;
  /** Flags from the environment, as far as it may be read. */
  readonly readVariables: (table: FlagTable) => Promise<Variables>;
  /** The descriptor of a socket that the service manager has opened, as far as that may be known. @throws {UsageError} */
  readonly passedSocket: () => Promise<number | undefined>;
  /** Whether something is allowed without asking the user. */
  readonly isAllowed: (permission: { readonly name: "env"; readonly variable: string }) => Promise<boolean>;
  /** Whether a file may be written without asking the user. */
  readonly mayWrite: (path: string) => Promise<boolean>;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Whether stdin is a terminal. */
  readonly hasTerminal: boolean;
  /** Memory that the process holds, in bytes. */
  readonly residentBytes: () => number;
  /** Calls back at each signal, in place of the last callback. */
  readonly onSignal: (tell: (signal: SignalName) => void) => void;
  /** Ends the process. */
  readonly exit: (code: number) => never;
}
