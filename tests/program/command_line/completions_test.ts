import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../src/commands.ts";
import { completionsTool, writeCompletions } from "../../../src/program/command_line/completions.ts";
import { parseFlags } from "../../../src/program/flags/parse_flags.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

Deno.test("writeCompletions() has every command and flag for each shell", () => {
  for (const shell of SHELLS) {
    const script = writeCompletions(shell, COMMANDS);
    for (const { name, flags } of COMMANDS) {
      assertStringIncludes(script, name);
      for (const flag of Object.keys(flags)) {
        assertStringIncludes(script, shell === "fish" ? `-l ${flag}` : `--${flag}`, shell);
      }
    }
  }
});

Deno.test("completions for bash complete commands, flags and values", async () => {
  const complete = async (words: readonly string[]): Promise<string[]> => {
    const script = writeCompletions("bash", COMMANDS) +
      `COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${
        words.length - 1
      }; _millrace; ` +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    const { success, stdout } = await new Deno.Command("bash", { args: ["-ec", script] }).output();
    assert(success);
    return new TextDecoder().decode(stdout).trim().split("\n");
  };
  assertEquals(await complete(["millrace", "st"]), ["static"]);
  assertEquals(await complete(["millrace", "app", "--non"]), ["--non-http"]);
  assertEquals(await complete(["millrace", "app", "--log-format", "c"]), ["combined"]);
});

Deno.test("completionsTool() prints the script of the shell that was named", async () => {
  const tool = completionsTool(COMMANDS);
  for (const shell of SHELLS) {
    const printed: string[] = [];
    const code = await tool.run({
      values: parseFlags([shell], tool.flags),
      print: (text) => void printed.push(text),
      printError: () => {},
      isTerminal: false,
    });
    assertEquals(code, 0);
    assertStringIncludes(printed.join(""), "completions");
  }
});
