// Downloads by widely used programs.

import { assert, assertEquals } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startProgram, withDirectory } from "../../support/program.ts";

const SIZE = 3_000_000;
const TEXT = "A line that is there many times.\n".repeat(2_000);

async function hasTool(name: string): Promise<boolean> {
  const found = await new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).output()
    .catch(() => undefined);
  if (found?.success !== true) {
    console.warn(`static/clients_real_test.ts skips tests: ${name} is not installed`);
  }
  return found?.success === true;
}

function clientTest(
  name: string,
  tool: string,
  isThere: boolean,
  body: (run: (...args: readonly string[]) => Promise<void>, url: string, folder: string) => Promise<void>,
): void {
  Deno.test({
    name: `${tool}: ${name}`,
    ignore: !isThere,
    fn: async () => {
      await withDirectory(async (folder) => {
        const bytes = new Uint8Array(SIZE).map((_, i) => (i * 7) % 251);
        await Deno.mkdir(join(folder, "site"));
        await writeFile(join(folder, "site", "large.bin"), bytes);
        await writeFile(join(folder, "site", "a.txt"), TEXT);
        const logs = ["--access-log", "off", "--error-log", "off"];
        const program = await startProgram(["static", join(folder, "site"), "--compress", ...logs]);
        try {
          await body(
            async (...args) => {
              const { success, stderr } = await new Deno.Command(tool, { args: [...args], cwd: folder })
                .output();
              assert(success, new TextDecoder().decode(stderr));
            },
            `http://127.0.0.1:${program.port}`,
            folder,
          );
        } finally {
          await program.stop();
        }
      });
    },
  });
}

async function assertSame(folder: string, name: string): Promise<void> {
  const got = await Deno.readFile(join(folder, name));
  const expected = await Deno.readFile(join(folder, "site", name));
  assertEquals(got.length, expected.length);
  assert(got.every((byte, index) => byte === expected[index]), `${name} differs`);
}

const HAS_CURL = await hasTool("curl");
const HAS_WGET = await hasTool("wget");

clientTest("a broken download is resumed", "curl", HAS_CURL, async (run, url, folder) => {
  await run("-sf", "-r", "0-999999", "-o", "large.bin", `${url}/large.bin`);
  assertEquals((await Deno.stat(join(folder, "large.bin"))).size, 1_000_000);
  await run("-sf", "-C", "-", "-o", "large.bin", `${url}/large.bin`);
  await assertSame(folder, "large.bin");
});

clientTest("--compressed gives the original text", "curl", HAS_CURL, async (run, url, folder) => {
  await run("-sf", "--compressed", "-D", "head", "-o", "a.txt", `${url}/a.txt`);
  await assertSame(folder, "a.txt");
  assert(/^content-encoding: (br|gzip)\r$/im.test(await Deno.readTextFile(join(folder, "head"))));
});

clientTest("-z fetches only a newer file", "curl", HAS_CURL, async (run, url, folder) => {
  await run("-sf", "-R", "-o", "a.txt", `${url}/a.txt`);
  await run("-sf", "-z", "a.txt", "-D", "head", "-o", "none", `${url}/a.txt`);
  assert((await Deno.readTextFile(join(folder, "head"))).startsWith("HTTP/1.1 304"));
});

clientTest("-c resumes a download", "wget", HAS_WGET, async (run, url, folder) => {
  const start = (await Deno.readFile(join(folder, "site", "large.bin"))).slice(0, 1_234_567);
  await writeFile(join(folder, "large.bin"), start);
  await run("-q", "-c", `${url}/large.bin`);
  await assertSame(folder, "large.bin");
});
