import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS, TOOLS } from "../../../src/commands.ts";
import { describeFlags, helpOfCommand, helpOfProgram } from "../../../src/program/command_line/help_text.ts";
import { choiceFlag, integerFlag, switchFlag, textFlag } from "../../../src/program/flags/flag_kinds.ts";

Deno.test("describeFlags() lists flags with letter, placeholder and default, aligned", () => {
  const table = {
    port: integerFlag({
      placeholder: "PORT",
      help: "the port",
      default: 80,
      min: 0,
      max: 65_535,
      alias: "p",
    }),
    log: textFlag({ placeholder: "FILE", help: "the log", default: undefined }),
    format: choiceFlag({ choices: ["text", "json", "combined"], help: "the form", default: "text" }),
    quiet: switchFlag("say nothing"),
  };
  assertEquals(
    describeFlags(table),
    "  -p, --port PORT             the port (default 80)\n" +
      "      --log FILE              the log\n" +
      "      --format text|json|combined\n" +
      "                              the form (default text)\n" +
      "      --quiet                 say nothing",
  );
});

Deno.test("helpOfCommand() shows own flags, then groups, then examples, in lines of at most 80 columns", () => {
  for (const command of COMMANDS) {
    const text = helpOfCommand(command);
    for (const line of text.split("\n")) assert(line.length <= 80, line);
    for (const name of Object.keys(command.flags)) assertStringIncludes(text, `--${name}`);
    const hasOwn = Object.values(command.flags).some(({ group }) => group === undefined);
    assertEquals(text.includes("\nFlags:"), hasOwn, command.name);
    const groups = ["\nServer:", "\nLogs:", "\nTLS:", "\nLimits:", "\nExamples:"];
    const places = (hasOwn ? ["\nFlags:", ...groups] : groups).map((title) => text.indexOf(title));
    assertEquals(places, places.toSorted((a, b) => a - b), command.name);
    assert(places.every((place) => place > 0), command.name);
  }
});

Deno.test("helpOfProgram() has every command, an example of each, and the flags of all servers", () => {
  const text = helpOfProgram({ version: "1.2.3", commands: COMMANDS, tools: TOOLS });
  for (const line of text.split("\n")) assert(line.length <= 80, line);
  for (const { name, examples } of COMMANDS) {
    assertStringIncludes(text, `\n  ${name} `);
    assertStringIncludes(text, `millrace ${examples[0]!.line}`);
  }
  assertStringIncludes(text, "--host ADDRESS");
  assertStringIncludes(text, "8888 app");
  assert(!text.includes("--listing"));
});
