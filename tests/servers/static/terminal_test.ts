import { assert, assertEquals } from "@std/assert";
import { join, resolve } from "node:path";
import { within } from "../../support/deadline.ts";
import { openBrowser, startPageLines, terminalLines } from "../../../src/servers/static/terminal.ts";

Deno.test("terminalLines() names the folder by its whole path, and no network if only this machine is served", async () => {
  assertEquals(await terminalLines("docroot", "127.0.0.1", "http://127.0.0.1:8080/"), [
    `static serves ${resolve("docroot")}`,
  ]);
});

Deno.test("terminalLines() names the path that the site lies below", async () => {
  assertEquals(await terminalLines("docroot", "127.0.0.1", "http://127.0.0.1:8080/files/"), [
    `static serves ${resolve("docroot")} below /files/`,
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

Deno.test("startPageLines() names --listing if a folder has no page at its start", async () => {
  const options = { root: "docroot", index: ["home.html", "index.htm"], listing: false, spa: undefined };
  assertEquals(await startPageLines(options), [
    "static: no home.html, index.htm here; --listing shows the files",
  ]);
  for (const change of [{ index: ["index.html"] }, { listing: true }, { spa: "app.html" }]) {
    assertEquals(await startPageLines({ ...options, ...change }), []);
  }
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
    fn: async () => assertEquals(await openBrowser("http://127.0.0.1:8080/", () => {}), obstacle),
  });
}

Deno.test({
  name: "openBrowser() says so if the program that looks for a browser finds none",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const path = Deno.env.get("PATH") ?? "";
    try {
      await Deno.writeTextFile(join(folder, "xdg-open"), "#!/bin/sh\nexit 3\n", { mode: 0o755 });
      Deno.env.set("PATH", `${folder}:${path}`);
      const { promise, resolve } = Promise.withResolvers<string>();
      assertEquals(await openBrowser("http://127.0.0.1:8080/", resolve), undefined);
      assertEquals(await within(promise, "the end of xdg-open"), "--open: xdg-open found no browser");
    } finally {
      Deno.env.set("PATH", path);
      await Deno.remove(folder, { recursive: true });
    }
  },
});
