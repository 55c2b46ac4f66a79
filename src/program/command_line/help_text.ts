// The text of `--help`, made from the tables of flags alone, in lines of at most 80 columns.

import type { Command } from "../command.ts";
import type { Flag, FlagGroup, FlagTable } from "../flags/flag.ts";
import type { Example, Tool } from "../tool.ts";

/** A server or a tool, as far as its help is concerned. */
export type Described =
  & Pick<Command, "name" | "summary" | "examples">
  & { readonly flags: FlagTable; readonly tools?: readonly Tool[] };

const WIDTH = 80;
const INDENT = 2;
// The column at which the description of a flag begins; a longer flag has a line of its own.
const COLUMN = 30;
// The same for the servers, whose names are short.
const SERVER_COLUMN = 12;

const GROUPS: readonly (readonly [group: FlagGroup, title: string])[] = [
  ["page", "Page"],
  ["server", "Server"],
  ["logs", "Logs"],
  ["TLS", "TLS"],
  ["limits", "Limits"],
];

/** The help of one command: its usage, its own flags, those of each group, examples. */
export function helpOfCommand(command: Described): string {
  const { name, summary, flags, examples, tools = [] } = command;
  return joinParts([
    `${wrap(`millrace ${name}: ${summary}`, 0)}`,
    section("Usage", [usageOf(command), ...tools.map((tool) => `millrace ${name} ${wordsOfTool(tool)}`)]),
    section("Tools", tools.map((tool) => entry(tool.name, tool.summary)), 0),
    ...describeGroups(flags),
    describeExamples(examples),
    wrap(
      "Every flag is also a variable of the environment: MILLRACE_PORT is --port. Sizes take units such as " +
        "64KiB or 10MiB, times such as 500ms or 10s.",
      0,
    ),
  ]);
}

/** The help of the whole program: its commands with an example each, and the flags of all servers. */
export function helpOfProgram(
  { version, commands, tools }: {
    readonly version: string;
    readonly commands: readonly Described[];
    readonly tools: readonly Tool[];
  },
): string {
  const others = [
    ...tools.map((tool) => entry(wordsOfTool(tool), tool.summary)),
    entry("help COMMAND", "the flags and examples of a command"),
    entry("version", "the version of the program"),
  ];
  return joinParts([
    wrap(`millrace ${version}: small servers on one streaming HTTP core`, 0),
    section("Usage", ["millrace COMMAND [flags]"]),
    section("Servers", commands.map(({ name, summary }) => entry(name, summary, SERVER_COLUMN)), 0),
    section("Other commands", others, 0),
    describeExamples(commands.flatMap(({ examples }) => examples.slice(0, 1))),
    "Flags of all servers:",
    ...describeGroups(sharedFlags(commands)),
  ]);
}

/** One line for each flag of a table, without any heading. */
export function describeFlags(table: FlagTable): string {
  return Object.entries(table).map(([name, flag]) => describeFlag(name, flag)).join("\n");
}

/** The flags as they are typed: `-p, --port PORT`. */
export function spellFlag(name: string, flag: Flag<unknown>): string {
  if (flag.position === "only") return flag.placeholder!;
  const value = flag.placeholder === undefined ? "" : ` ${flag.placeholder}`;
  const short = flag.alias === undefined ? "    " : `-${flag.alias}, `;
  return `${short}--${name}${value}`;
}

/** The purpose of a flag, with its default. */
export function explainFlag(flag: Flag<unknown>): string {
  const shown = flag.shownDefault ?? (flag.default === undefined ? "" : String(flag.default));
  return flag.placeholder === undefined || shown === "" ? flag.help : `${flag.help} (default ${shown})`;
}

/** The flags of a table by group, its own first, each with its title. */
export function groupFlags(table: FlagTable): [title: string, flags: FlagTable][] {
  const pick = (wanted: FlagGroup | undefined): FlagTable =>
    Object.fromEntries(Object.entries(table).filter(([, { group }]) => group === wanted));
  const groups: [string, FlagTable][] = [["Flags", pick(undefined)]];
  for (const [group, title] of GROUPS) groups.push([title, pick(group)]);
  return groups.filter(([, flags]) => Object.keys(flags).length > 0);
}

/** The usage of a command: `millrace static [FOLDER] [flags]`. */
export function usageOf({ name, flags }: Pick<Described, "name" | "flags">): string {
  return ["millrace", name, ...placesOf(flags), "[flags]"].join(" ");
}

function wordsOfTool({ name, flags }: Tool): string {
  return [name, ...placesOf(flags)].join(" ");
}

function placesOf(flags: FlagTable): string[] {
  return Object.values(flags).filter(({ position }) => position !== undefined)
    .map(({ position, placeholder }) => position === "only" ? placeholder! : `[${placeholder}]`);
}

/** The flags that all of these commands have. */
function sharedFlags(commands: readonly Described[]): FlagTable {
  const [first, ...others] = commands;
  const names = Object.keys(first!.flags).filter((name) => others.every(({ flags }) => name in flags));
  return Object.fromEntries(names.map((name) => {
    const defaults = new Set(commands.map(({ flags }) => flags[name]!.default));
    const flag = first!.flags[name]!;
    if (defaults.size < 2 || flag.alias !== "p") return [name, flag];
    const shownDefault = commands.map((command) => `${command.flags[name]!.default} ${command.name}`).join(
      ", ",
    );
    return [name, { ...flag, shownDefault }];
  }));
}

function describeGroups(table: FlagTable): string[] {
  return groupFlags(table).map(([title, flags]) => `${title}:\n${describeFlags(flags)}`);
}

function describeFlag(name: string, flag: Flag<unknown>): string {
  return entry(spellFlag(name, flag), explainFlag(flag));
}

function describeExamples(examples: readonly Example[]): string {
  return section("Examples", examples.flatMap(({ line, does }) => [`millrace ${line}`, `    ${does}`]));
}

/** A term and its explanation, in two columns if both fit. */
function entry(term: string, explanation: string, column = COLUMN): string {
  const head = " ".repeat(INDENT) + term;
  const text = wrap(explanation, column);
  return head.length + 2 > column ? `${head}\n${text}` : head.padEnd(column) + text.slice(column);
}

function section(title: string, lines: readonly string[], indent: number = INDENT): string {
  if (lines.length === 0) return "";
  return `${title}:\n${lines.map((line) => " ".repeat(indent) + line).join("\n")}`;
}

function joinParts(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Breaks a text at its blanks into lines that begin at a column. */
function wrap(text: string, column: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && column + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((text) => " ".repeat(column) + text).join("\n");
}
