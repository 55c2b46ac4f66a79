// From the words of a command line, and the environment, to the values of flags.

import { type Flag, type FlagTable, type FlagValues, isSwitch, UsageError, VALUE_SEPARATOR } from "./flag.ts";
import { suggestWord } from "./suggestion.ts";
import { findVariable, type Variables } from "./variables.ts";

/** A parsed command line. */
export interface ParsedFlags<Table extends FlagTable> {
  /** The values of all flags. */
  readonly values: FlagValues<Table>;
  /** The source of each given flag: `--port`, `the environment variable MILLRACE_PORT`. */
  readonly given: ReadonlyMap<string, string>;
}

/** The values given for one flag. */
interface Given {
  /** Its source, for error lines. */
  readonly way: string;
  /** The values in order; none for a switch on the command line. */
  readonly texts: string[];
}

const NO_VARIABLES: Variables = new Map();

/**
 * Reads a command line.
 *
 * @param args the words after the command
 * @param variables the readable variables of the environment; a flag on the command line wins
 * @throws {UsageError} for an unknown flag, a word that belongs to none, a missing or a bad value
 */
export function parseFlags<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
  variables: Variables = NO_VARIABLES,
): FlagValues<Table> {
  return readFlags(args, table, variables).values;
}

/** {@linkcode parseFlags} with the sources of the given flags. @throws {UsageError} like it */
export function readFlags<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
  variables: Variables = NO_VARIABLES,
): ParsedFlags<Table> {
  const words = readWords(args, table);
  const values: Record<string, unknown> = {};
  const given = new Map<string, string>();
  for (const [name, flag] of Object.entries(table)) {
    const word = words.get(name);
    const variable = word === undefined ? findVariable(name, flag, variables) : undefined;
    if (word !== undefined) {
      given.set(name, word.way);
      values[name] = isSwitch(flag) ? true : readValue(flag, word);
    } else if (variable !== undefined) {
      const way = `the environment variable ${variable.variable}`;
      given.set(name, way);
      values[name] = readVariable(flag, { way, texts: [...variable.texts] });
    } else {
      values[name] = flag.default;
    }
  }
  if (values["help"] !== true) refuseMissing(table, given);
  return { values: values as FlagValues<Table>, given };
}

/** The values on the command line, by the name of the flag. */
function readWords(args: readonly string[], table: FlagTable): Map<string, Given> {
  const words = new Map<string, Given>();
  const places = Object.keys(table).filter((name) => table[name]!.position !== undefined);
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (!/^-./.test(word) || word === "--") {
      takePlace(word, { table, words, places });
      continue;
    }
    const equals = word.indexOf("=");
    const way = equals < 0 ? word : word.slice(0, equals);
    const name = nameOf(way, table);
    const flag = table[name]!;
    const shown = `--${name}`;
    const value = equals < 0 ? undefined : word.slice(equals + 1);
    const next = args[i + 1];
    if (isSwitch(flag)) {
      refuseSwitchValue(shown, flag, value ?? (/^(true|false)$/.test(next ?? "") ? next : undefined));
      take(words, name, { way: shown });
    } else if (value !== undefined) {
      take(words, name, { way: shown, text: value });
    } else if (next === undefined || next.startsWith("--")) {
      // A word that begins with two dashes is a value only as `--flag=--value`.
      take(words, name, { way: shown, text: "" });
    } else {
      take(words, name, { way: shown, text: next });
      i++;
    }
  }
  return words;
}

function take(
  words: Map<string, Given>,
  name: string,
  { way, text }: { readonly way: string; readonly text?: string },
): void {
  const before = words.get(name) ?? { way, texts: [] };
  if (before.way !== way) throw new UsageError(`bad value for ${way}: ${before.way} is given too`);
  words.set(name, before);
  if (text !== undefined) before.texts.push(text);
}

/** Gives a word without dashes to the next flag that takes one. */
function takePlace(
  word: string,
  { table, words, places }: {
    readonly table: FlagTable;
    readonly words: Map<string, Given>;
    readonly places: string[];
  },
): void {
  const name = places[0];
  if (name === undefined || word === "--" || word === "-") {
    const given = [...words.values()].map(({ way }) => way).filter((way) => !way.startsWith("-"));
    const rest = given.length === 0 ? "flags" : `${given.join(", ")} and flags (blanks need quotes)`;
    throw new UsageError(`unexpected argument "${word}": expected only ${rest}`);
  }
  const flag = table[name]!;
  if (words.get(name)?.way === `--${name}`) {
    throw new UsageError(`unexpected argument "${word}": --${name} is given too`);
  }
  if (!flag.isRepeatable) places.shift();
  take(words, name, { way: flag.placeholder!, text: word });
}

/** The name of the flag in a word with dashes. @throws {UsageError} for an unknown flag */
function nameOf(word: string, table: FlagTable): string {
  const long = word.startsWith("--") ? word.slice(2) : undefined;
  const name = long === undefined
    ? Object.keys(table).find((known) => `-${table[known]!.alias}` === word)
    : Object.hasOwn(table, long)
    ? long
    : undefined;
  if (name !== undefined && table[name]!.position !== "only") return name;
  const known = Object.keys(table).filter((flag) => table[flag]!.position !== "only");
  const close = suggestWord(word.replace(/^-+/, ""), known);
  throw new UsageError(
    `unknown flag ${word}: ${close === undefined ? "see --help" : `did you mean --${close}?`}`,
  );
}

/** A flag that has only its place, and no default, is required. */
function refuseMissing(table: FlagTable, given: ReadonlyMap<string, string>): void {
  for (const [name, flag] of Object.entries(table)) {
    if (flag.position !== "only" || flag.default !== undefined || given.has(name)) continue;
    throw new UsageError(`missing ${flag.placeholder}: expected ${flag.expected}`);
  }
}

function refuseSwitchValue(way: string, flag: Flag<unknown>, value: string | undefined): void {
  if (value === undefined) return;
  const state = flag.isSecret ? "" : `, got ${JSON.stringify(value)}`;
  throw new UsageError(`bad value for ${way}: expected no value${state}`);
}

/** @throws {UsageError} when the flag cannot have the value */
function readValue(flag: Flag<unknown>, { way, texts }: Given): unknown {
  const text = flag.isRepeatable ? texts.join(VALUE_SEPARATOR) : texts.at(-1) ?? "";
  const value = flag.parse(text);
  if (value !== undefined) return value;
  const last = flag.isRepeatable ? texts : texts.slice(-1);
  throw new UsageError(
    `bad value for ${way}: expected ${flag.expected}, got ${show(flag, last)}${hint(flag, text)}`,
  );
}

function readVariable(flag: Flag<unknown>, given: Given): unknown {
  if (!isSwitch(flag)) return readValue(flag, given);
  const [text] = given.texts;
  if (text === "1" || text === "0") return text === "1";
  throw new UsageError(`bad value for ${given.way}: expected 1 or 0, got ${show(flag, given.texts)}`);
}

function show(flag: Flag<unknown>, texts: readonly string[]): string {
  return texts.map((text) => {
    if (text === "") return "nothing";
    return flag.isSecret ? "something else (not shown)" : JSON.stringify(text);
  }).join(" and ");
}

function hint({ choices }: Flag<unknown>, text: string): string {
  const close = choices && suggestWord(text, choices);
  return close === undefined ? "" : `: did you mean ${close}?`;
}
