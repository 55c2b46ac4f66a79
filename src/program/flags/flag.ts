// The shape of a flag. parse_flags.ts reads a command line with flags, help_text.ts shows them.

/** The heading under which `--help` shows a flag that several servers have. */
export type FlagGroup = "page" | "server" | "logs" | "TLS" | "limits";

/** One flag of the command line. */
export interface Flag<T> {
  /** Its purpose, for `--help`. */
  readonly help: string;
  /** The value's name in `--help`; a flag without one is a switch and takes no value. */
  readonly placeholder?: string;
  /** Its group in `--help`; a flag without one belongs to the command itself. */
  readonly group?: FlagGroup;
  /**
   * Whether it may be given several times: `parse` then gets all values, joined by {@linkcode
   * VALUE_SEPARATOR}.
   */
  readonly isRepeatable?: boolean;
  /** Whether no error line, log or help may show a value. */
  readonly isSecret?: boolean;
  /** Whether a word without dashes is its value, beside `--name` or instead of it. */
  readonly position?: "also" | "only";
  /** One letter that may stand for the name. */
  readonly alias?: string;
  /** A variable of the environment that counts if neither the flag nor its own variable is given. */
  readonly fallbackVariable?: string;
  /** The value when the flag is not given. */
  readonly default: T;
  /** The default as people write it; without it `default` itself is shown. */
  readonly shownDefault?: string;
  /** The expected form of a value, for the error line: `expected …`. */
  readonly expected: string;
  /** The words that are values, if there are only a few. */
  readonly choices?: readonly string[];
  /** Completions of a value for the shell. */
  readonly completes?: "file" | "folder";
  /** Reads a value; undefined if it is malformed. */
  readonly parse: (text: string) => T | undefined;
}

/** Stands between the values of a repeatable flag. No argument of a process can hold it. */
export const VALUE_SEPARATOR = "\0";

/** Flags by name, without the dashes. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The values of all flags of a table. */
export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T : never;
};

/** The user's mistake on the command line: one line with the flag and the expected value. */
export class UsageError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "UsageError";
}

/** Whether a flag takes no value. */
export function isSwitch(flag: Flag<unknown>): boolean {
  return flag.placeholder === undefined;
}
