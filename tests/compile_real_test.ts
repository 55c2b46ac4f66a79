import { assertEquals, assertMatch } from "@std/assert";
import { everyServer } from "./runtimes/every_server.ts";
import { RUNTIMES, testOn } from "./runtimes/runtimes.ts";
import { type Ended, ROOT, runCommand, startCommand, withDirectory } from "./support/program.ts";

const LOGS_OFF = ["--access-log", "off", "--error-log", "off", "--port", "0"];

/** Checks that a binary needs nothing beside it: it runs in an empty folder, and its servers respond. */
async function checkBinary(binary: string): Promise<void> {
  await withDirectory(async (directory) => {
    const launch = (args: readonly string[]): Deno.Command =>
      new Deno.Command(binary, {
        args: [...args],
        cwd: directory,
        clearEnv: true,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      });
    const version = await runCommand(launch(["--version"]));
    assertMatch(version.stdout, /^millrace \d+\.\d+\.\d+\n$/);
    for (const { args, check } of everyServer(`${ROOT}docroot`)) {
      const program = await startCommand(launch([...args, ...LOGS_OFF]));
      try {
        await check(program);
      } finally {
        const { code, stderr } = await program.stop();
        assertEquals([code, stderr], [0, ""], args.join(" "));
      }
    }
    assertEquals([...Deno.readDirSync(directory)], []);
  });
}

/** Runs Deno without a deadline, because a download takes as long as the network does. */
async function runDeno(words: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const command = new Deno.Command(Deno.execPath(), { args: [...words], cwd: ROOT, env });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

testOn(RUNTIMES.find(({ name }) => name === "Bun")!, "the compile:bun task makes one binary", async (bun) => {
  await withDirectory(async (directory) => {
    const binary = `${directory}/millrace`;
    const { code, stderr } = await runDeno(["task", "compile:bun", binary], { BUN: bun });
    assertEquals(code, 0, stderr);
    await checkBinary(binary);
  });
});

Deno.test("the compile task makes one binary", async () => {
  await withDirectory(async (directory) => {
    const binary = `${directory}/millrace`;
    const { code, stderr } = await runDeno(["task", "compile", binary]);
    if (code !== 0 && /lookup address|error sending request|dns error|failed to download/i.test(stderr)) {
      return console.log("skipped: the runtime part that deno compile downloads cannot be had here");
    }
    assertEquals(code, 0, stderr);
    await checkBinary(binary);
  });
});
