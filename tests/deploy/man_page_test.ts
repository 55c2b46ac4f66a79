import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeManPage } from "../../build/man_page.ts";
import { COMMANDS } from "../../src/commands.ts";
import { hasTool, runTool } from "../support/tool.ts";

Deno.test("writeManPage() has every flag of every server", () => {
  const page = writeManPage("1.2.3", COMMANDS);
  for (const { name, flags } of COMMANDS) {
    assertStringIncludes(page, `\n.SH ${name.toUpperCase()}\n`);
    for (const flag of Object.keys(flags)) assertStringIncludes(page, `\\-\\-${flag.replaceAll("-", "\\-")}`);
  }
  for (const line of page.split("\n")) assert(!/^'/.test(line), line);
});

Deno.test({
  name: "writeManPage() writes a page that groff reads without a warning (needs groff)",
  ignore: !hasTool("groff"),
  fn: async () => {
    const { code, output } = await runTool(
      "groff",
      ["-man", "-Tutf8", "-ww", "-z"],
      writeManPage("1.2.3", COMMANDS),
    );
    assertEquals([code, output], [0, ""]);
  },
});
