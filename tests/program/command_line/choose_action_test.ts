import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { COMMANDS, DEFAULT_COMMAND, TOOLS } from "../../../src/commands.ts";
import { type Action, chooseAction } from "../../../src/program/command_line/choose_action.ts";
import { UsageError } from "../../../src/program/flags/flag.ts";

const PROGRAM = { version: "1.2.3", commands: COMMANDS, defaultCommand: DEFAULT_COMMAND, tools: TOOLS };

function choose(line: string): Action<typeof DEFAULT_COMMAND> {
  return chooseAction(line === "" ? [] : line.split(" "), PROGRAM);
}

Deno.test("chooseAction() finds the server, the default one without a command", () => {
  const rows: [line: string, name: string, args: string[]][] = [
    ["", "app", []],
    ["--port 1", "app", ["--port", "1"]],
    ["app --port 1", "app", ["--port", "1"]],
    ["static public", "static", ["public"]],
    ["metrics", "metrics", []],
  ];
  for (const [line, name, args] of rows) {
    const action = choose(line);
    assertEquals(action.kind === "serve" && [action.command.name, action.args], [name, args], line);
  }
});

Deno.test("chooseAction() prints help and version for every way to ask", () => {
  const rows: [line: string, part: string][] = [
    ["help", "Servers:"],
    ["-h", "Servers:"],
    ["--help", "Servers:"],
    ["help help", "Servers:"],
    ["help static", "millrace static [FOLDER] [flags]"],
    ["static help", "millrace static [FOLDER] [flags]"],
    ["static -h", "millrace static [FOLDER] [flags]"],
    ["help completions", "millrace completions SHELL [flags]"],
    ["completions --help", "millrace completions SHELL [flags]"],
    ["version", "millrace 1.2.3"],
    ["-V", "millrace 1.2.3"],
    ["--version", "millrace 1.2.3"],
    ["trap version", "millrace 1.2.3"],
  ];
  for (const [line, part] of rows) {
    const action = choose(line);
    assertStringIncludes(action.kind === "print" ? action.text : "", part, line);
  }
});

Deno.test("chooseAction() names the commands, and the one that was probably meant", () => {
  const { message } = assertThrows(() => choose("statc"), UsageError);
  assertStringIncludes(message, "app, static, trap, metrics");
  assertStringIncludes(message, "did you mean static?");
  assertThrows(() => choose("help statc"), UsageError, "did you mean static?");
});
