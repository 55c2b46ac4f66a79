import { parseArgs } from "@std/cli/parse-args";

/** One flag of the command line. */
export interface Flag<T> {
  /** What it does, for `--help`. */
  readonly help: string;
  /** The value's name in `--help`; a flag without one is a switch and takes no value. */
  readonly placeholder?: string;
  /** Whether it may be given several times: `parse` then gets all values, with {@linkcode VALUE_SEPARATOR} between. */
  readonly isRepeatable?: boolean;
  /** One letter that may stand for the name. */
  readonly alias?: string;
  /** The value when the flag is not given. */
  readonly default: T;
  /** What a value must be, for the error line: `expected …`. */
  readonly expected: string;
  /** Reads a value; undefined when it is none. */
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

/** The user's mistake on the command line: one line that names the flag and what was expected. */
export class UsageError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "UsageError";
}

/** A flag that takes a text. */
export function textFlag<T extends string | undefined>(
  settings: {
    readonly placeholder: string;
    readonly help: string;
    readonly default: T;
    readonly alias?: string;
  },
): Flag<T | string> {
  return { ...settings, expected: "a text", parse: (text) => text === "" ? undefined : text };
}

/** A flag that takes a whole number between two bounds, both included. */
export function integerFlag(
  settings: {
    readonly placeholder: string;
    readonly help: string;
    readonly default: number;
    readonly min: number;
    readonly max: number;
    readonly alias?: string;
  },
): Flag<number> {
  const { min, max, ...rest } = settings;
  const parse = (text: string): number | undefined => {
    const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
  return { ...rest, expected: `a whole number from ${min} to ${max}`, parse };
}

/** A flag that takes a count from 1 on; without it there is no limit. */
export function countFlag(help: string): Flag<number | undefined> {
  const flag = integerFlag({ placeholder: "N", help, default: 0, min: 1, max: Number.MAX_SAFE_INTEGER });
  return { ...flag, default: undefined };
}

/** A flag that takes one of a few words. */
export function choiceFlag<T extends string>(
  settings: { readonly choices: readonly T[]; readonly help: string; readonly default: T },
): Flag<T> {
  const { choices, ...rest } = settings;
  return {
    ...rest,
    placeholder: choices.join("|"),
    expected: choices.join(" or "),
    parse: (text) => choices.find((choice) => choice === text),
  };
}

/** A flag without a value. */
export function switchFlag(help: string): Flag<boolean> {
  return { help, default: false, expected: "no value", parse: () => true };
}

/**
 * Reads a command line.
 *
 * @param args the words behind the command
 * @throws {UsageError} for an unknown flag, a word that belongs to none, a missing or a bad value
 */
export function parseFlags<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
): FlagValues<Table> {
  const names = Object.keys(table);
  const isSwitch = (name: string): boolean => table[name]!.placeholder === undefined;
  const words = joinValues(args, table);
  const parsed: Record<string, unknown> = parseArgs(words, {
    string: names.filter((name) => !isSwitch(name)),
    boolean: names.filter(isSwitch),
    collect: names.filter((name) => table[name]!.isRepeatable),
    alias: aliasesOf(table),
    unknown: (word: string, name?: string) => refuseUnknown(word, name, names),
  });
  const values: Record<string, unknown> = {};
  for (const name of names) values[name] = readFlag(name, table[name]!, parsed[name]);
  refuseSwitchValues(words, table);
  return values as FlagValues<Table>;
}

/**
 * Writes each flag and its value as one word: parseArgs takes `-` and `-1` for flags of their own.
 *
 * A word that begins with two dashes is never a value; it could be one only as `--flag=--value`.
 */
function joinValues(args: readonly string[], table: FlagTable): string[] {
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const next = args[i + 1];
    const flag = findFlag(word, table);
    if (word === "--") throw new UsageError(`unexpected argument "--": expected only flags`);
    if (flag === undefined || next === undefined || next.startsWith("--")) {
      words.push(word);
    } else if (flag.placeholder !== undefined) {
      words.push(`${word}=${next}`);
      i++;
    } else if (next === "true" || next === "false") {
      throw new UsageError(`bad value for ${word}: expected no value, got "${next}"`);
    } else {
      words.push(word);
    }
  }
  return words;
}

function findFlag(word: string, table: FlagTable): Flag<unknown> | undefined {
  const name = /^--([^=]+)$/.exec(word)?.[1];
  if (name !== undefined) return Object.hasOwn(table, name) ? table[name] : undefined;
  const alias = /^-([^=-])$/.exec(word)?.[1];
  return alias === undefined ? undefined : Object.values(table).find((flag) => flag.alias === alias);
}

function aliasesOf(table: FlagTable): Record<string, string> {
  const aliases: Record<string, string> = {};
  for (const [name, { alias }] of Object.entries(table)) {
    if (alias !== undefined) aliases[name] = alias;
  }
  return aliases;
}

function refuseUnknown(word: string, name: string | undefined, names: readonly string[]): never {
  if (name === undefined) throw new UsageError(`unexpected argument "${word}": expected only flags`);
  const flag = word.replace(/=.*$/s, "");
  const close = names.find((known) => known.startsWith(name) || name.startsWith(known));
  const hint = close === undefined ? "see --help" : `did you mean --${close}?`;
  throw new UsageError(`unknown flag ${flag}: ${hint}`);
}

function readFlag(name: string, flag: Flag<unknown>, given: unknown): unknown {
  if (flag.placeholder === undefined) return given === true;
  const isMissing = given === undefined || (Array.isArray(given) && given.length === 0);
  if (isMissing) return flag.default;
  const texts = Array.isArray(given) ? given.map(String) : [String(given)];
  const value = flag.parse(texts.join(VALUE_SEPARATOR));
  if (value === undefined) {
    const shown = texts.map((text) => text === "" ? "nothing" : JSON.stringify(text));
    const state = `got ${shown.join(" and ")}`;
    throw new UsageError(`bad value for --${name}: expected ${flag.expected}, ${state}`);
  }
  return value;
}

function refuseSwitchValues(args: readonly string[], table: FlagTable): void {
  for (const word of args) {
    const name = /^--([^=]+)=/.exec(word)?.[1];
    if (name !== undefined && Object.hasOwn(table, name) && table[name]!.placeholder === undefined) {
      throw new UsageError(`bad value for --${name}: expected no value`);
    }
  }
}

/** The lines of `--help` for a table, aligned. */
export function describeFlags(table: FlagTable): string {
  const rows = Object.entries(table).map(([name, flag]) => {
    const short = flag.alias === undefined ? "    " : `-${flag.alias}, `;
    const value = flag.placeholder === undefined ? "" : ` ${flag.placeholder}`;
    const preset = flag.placeholder === undefined || flag.default === undefined
      ? ""
      : ` (default ${flag.default})`;
    return [`  ${short}--${name}${value}`, flag.help + preset] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => left.padEnd(width) + right).join("\n");
}
