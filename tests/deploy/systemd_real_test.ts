import { assert, assertEquals } from "@std/assert";
import { withDirectory } from "../support/program.ts";
import { hasTool, runTool } from "../support/tool.ts";

const SOCKET_UNIT = new URL("../../deploy/millrace.socket", import.meta.url);
const UNIT = new URL("../../deploy/millrace.service", import.meta.url);
// systemd calls up to 2 OK; a daemon without any hardening has 9.6.
const MAX_EXPOSURE = 2;

/** The unit in a folder of its own, with a program that exists. */
async function withUnit(test: (path: string) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    const path = `${directory}/millrace.service`;
    const text = (await Deno.readTextFile(UNIT)).replace("/usr/local/bin/millrace", "/bin/true")
      // The manual page is not installed where tests run.
      .replace(/^Documentation=.*\n/m, "");
    await Deno.writeTextFile(path, text);
    await test(path);
  });
}

const MISSING = !hasTool("systemd-analyze");

Deno.test({
  name: "systemd takes both units (needs systemd-analyze)",
  ignore: MISSING,
  fn: () =>
    withUnit(async (path) => {
      const socket = path.replace(/service$/, "socket");
      await Deno.copyFile(SOCKET_UNIT, socket);
      const { code, output } = await runTool("systemd-analyze", ["verify", path, socket]);
      assertEquals([code, output], [0, ""]);
    }),
});

Deno.test({
  name: "the systemd unit gives the server few rights (needs systemd-analyze)",
  ignore: MISSING,
  fn: () =>
    withUnit(async (path) => {
      const { output } = await runTool("systemd-analyze", ["security", "--offline=true", path]);
      const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(output)?.[1]);
      assert(exposure <= MAX_EXPOSURE, output);
    }),
});
