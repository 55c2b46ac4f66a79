import { assert, assertEquals, assertMatch } from "@std/assert";
import { within } from "./support/deadline.ts";

Deno.test("main() asks for no permission on a terminal, with network and read permission alone", async () => {
  const script = new URL("../mod.ts", import.meta.url).pathname;
  // exec: a shell that stayed would die of Ctrl-C itself, and its code would hide the program's.
  const command = `exec ${Deno.execPath()} run --allow-net --allow-read ${script} --port 0`;
  let child: Deno.ChildProcess;
  try {
    // script(1) gives the program a terminal of its own, and passes on what the program prints.
    child = new Deno.Command("script", {
      args: ["-qec", command, "/dev/null"],
      env: { SHELL: "/bin/sh" },
      cwd: new URL("../", import.meta.url),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return console.log("skipped: the script command is not installed");
  }
  let text = "";
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  const readMore = async (): Promise<boolean> => {
    const { done, value } = await within(reader.read(), `more after ${text}`);
    text += decoder.decode(value, { stream: true });
    return !done;
  };
  while (!/listening on http:\S+\r?\n/.test(text) && !/requests|Allow\?/i.test(text)) {
    assert(await readMore(), text);
  }
  const [, url] = /listening on (http:\S+)/.exec(text) ?? [];
  const response = await fetch(url!);
  await response.body?.cancel();
  assertEquals(response.status, 200);
  // Ctrl-C as a terminal sends it.
  const writer = child.stdin.getWriter();
  await writer.write(new Uint8Array([3]));
  while (await readMore());
  assertEquals((await within(child.status, "the end")).code, 0);
  await writer.close().catch(() => {});
  assertMatch(text, /no permission to write access\.log/);
  assert(!/requests|Allow\?/i.test(text), text);
});
