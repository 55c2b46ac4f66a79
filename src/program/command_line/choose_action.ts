// Chooses the command of the program, before any flag is read.

import { UsageError } from "../flags/flag.ts";
import { suggestWord } from "../flags/suggestion.ts";
import { type Described, helpOfCommand, helpOfProgram } from "./help_text.ts";
import type { Tool } from "../tool.ts";

/** The commands of the program. */
export interface ProgramParts<Server extends Described> {
  readonly version: string;
  readonly commands: readonly Server[];
  /** The command that runs if none is named. */
  readonly defaultCommand: Server;
  readonly tools: readonly Tool[];
}

/** The action that the first words of a command line name. */
export type Action<Server extends Described> =
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "serve"; readonly command: Server; readonly args: readonly string[] }
  | { readonly kind: "tool"; readonly name: string; readonly tool: Tool; readonly args: readonly string[] };

const HELP_WORDS = new Set(["help", "-h", "--help"]);
const VERSION_WORDS = new Set(["version", "-V", "--version"]);

/**
 * Chooses the action.
 *
 * @param args the whole command line
 * @throws {UsageError} for an unknown command
 */
export function chooseAction<Server extends Described>(
  args: readonly string[],
  program: ProgramParts<Server>,
): Action<Server> {
  const [word, ...rest] = args;
  if (word !== undefined && HELP_WORDS.has(word) && !isFlag(word) && rest.length > 0) {
    return { kind: "print", text: helpOf(chooseAction(rest, program), program) };
  }
  if (word !== undefined && rest.length === 0) {
    if (HELP_WORDS.has(word)) return { kind: "print", text: helpOfProgram(program) };
    if (VERSION_WORDS.has(word)) return printVersion(program);
  }
  if (word === undefined || isFlag(word)) return { kind: "serve", command: program.defaultCommand, args };
  const command = program.commands.find(({ name }) => name === word);
  if (command !== undefined) return chooseOfCommand(command, rest, program);
  const tool = program.tools.find(({ name }) => name === word);
  if (tool !== undefined) return chooseOfTool(word, tool, rest);
  throw unknownCommand(word, program);
}

/** A tool of the server that the next word names, help, or the server itself. */
function chooseOfCommand<Server extends Described>(
  command: Server,
  args: readonly string[],
  program: ProgramParts<Server>,
): Action<Server> {
  const [word, ...rest] = args;
  if (word !== undefined && HELP_WORDS.has(word) && rest.length === 0) {
    return { kind: "print", text: helpOfCommand(command) };
  }
  if (word !== undefined && VERSION_WORDS.has(word) && rest.length === 0) return printVersion(program);
  const tool = command.tools?.find(({ name }) => name === word);
  if (tool !== undefined) return chooseOfTool(`${command.name} ${tool.name}`, tool, rest);
  return { kind: "serve", command, args };
}

function chooseOfTool(name: string, tool: Tool, args: readonly string[]): Action<never> {
  const [word] = args;
  if (word !== undefined && HELP_WORDS.has(word) && args.length === 1) {
    return { kind: "print", text: helpOfCommand({ ...tool, name }) };
  }
  return { kind: "tool", name, tool, args };
}

function helpOf<Server extends Described>(action: Action<Server>, program: ProgramParts<Server>): string {
  switch (action.kind) {
    case "print":
      return helpOfProgram(program);
    case "serve":
      return helpOfCommand(action.command);
    case "tool":
      return helpOfCommand({ ...action.tool, name: action.name });
  }
}

function printVersion({ version }: { readonly version: string }): Action<never> {
  return { kind: "print", text: `millrace ${version}` };
}

function unknownCommand<Server extends Described>(
  word: string,
  { commands, tools }: ProgramParts<Server>,
): UsageError {
  const names = [...commands, ...tools].map(({ name }) => name);
  const close = suggestWord(word, [...names, "help", "version"]);
  const hint = close === undefined ? "" : `: did you mean ${close}?`;
  return new UsageError(`unknown command "${word}": expected ${names.join(", ")}${hint}`);
}

function isFlag(word: string): boolean {
  return word.startsWith("-");
}
