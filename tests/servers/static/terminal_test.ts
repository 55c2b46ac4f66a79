import { assert, assertEquals } from "@std/assert";
import { resolve } from "node:path";
import { openBrowser, terminalLines } from "../../../src/servers/static/terminal.ts";

Deno.test("terminalLines() names the folder by its whole path, and no network if only this machine is served", async () => {
  assertEquals(await terminalLines("docroot", "127.0.0.1", "http://127.0.0.1:8080/"), [
    `static serves ${resolve("docroot")}`,
  ]);
});

Deno.test("terminalLines() never shows the wildcard address as one to open", async () => {
  const [folder, ...addresses] = await terminalLines("docroot", "0.0.0.0", "http://0.0.0.0:8080/");
  assertEquals(folder, `static serves ${resolve("docroot")}`);
  for (const line of addresses) {
    assert(/^static is on the network at http:\/\/(?!0\.0\.0\.0)[\d.]+:8080/.test(line), line);
  }
});

Deno.test({
  name: "terminalLines() says so if the network address may not be asked for",
  permissions: { read: true },
  fn: async () => {
    const lines = await terminalLines("docroot", "0.0.0.0", "http://0.0.0.0:8080/");
    assertEquals(lines.slice(1), ["static: its network address is known only with --allow-sys"]);
  },
});

for (
  const [granted, obstacle] of [
    [{ read: true }, "--open needs the permission to run programs (--allow-run)"],
    [{ read: true, run: true }, "--open needs the permission to read variables (--allow-env)"],
  ] as const
) {
  Deno.test({
    name: `openBrowser() neither asks nor fails, but says what it needs, with ${
      Object.keys(granted).join(", ")
    }`,
    permissions: granted,
    fn: async () => assertEquals(await openBrowser("http://127.0.0.1:8080/"), obstacle),
  });
}
