import { assertEquals, assertMatch } from "@std/assert";
import { within } from "./support/deadline.ts";
import { withDirectory } from "./support/program.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const DENO = Deno.execPath();

/** The words of the compile task, with another output. */
async function compileArguments(output: string): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const words: string[] = tasks.compile.split(" ").slice(1);
  return words.map((word, i) => words[i - 1] === "--output" ? output : word);
}

Deno.test("the compile task makes one binary, which starts in an empty folder", async () => {
  await withDirectory(async (directory) => {
    const binary = `${directory}/millrace`;
    const { success, stderr } = await new Deno.Command(DENO, {
      args: await compileArguments(binary),
      cwd: ROOT,
    })
      .output();
    const said = new TextDecoder().decode(stderr);
    if (!success && /lookup address|error sending request|dns error|failed to download/i.test(said)) {
      console.log("skipped: the runtime part that deno compile downloads cannot be had here");
      return;
    }
    assertEquals(success, true, said);
    const version = await new Deno.Command(binary, { args: ["--version"], cwd: directory }).output();
    assertMatch(new TextDecoder().decode(version.stdout), /^millrace \d+\.\d+\.\d+\n$/);
    const program = new Deno.Command(binary, { args: ["--port", "0"], cwd: directory, stdout: "piped" })
      .spawn();
    const reader = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await within(reader.read(), "the ready line");
    assertMatch(value, /^millrace app listening on http:\/\/127\.0\.0\.1:\d+\/\n/);
    program.kill("SIGTERM");
    while (!(await reader.read()).done);
    assertEquals((await program.status).code, 0);
  });
});
