import { assertEquals } from "@std/assert";
import { link, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "./asked_folder.ts";
import { withFolder } from "./static_folder.ts";

const SITE = {
  "index.html": "home",
  "about.html": "about",
  "both.html": "page",
  "both/index.html": "folder",
  "taken": "file",
  "taken.html": "page",
  "dir/index.html": "dir",
  "dir/page.html": "page in dir",
  "app.js": "code",
  ".html": "nameless",
  "c d.html": "blank",
  "a b/index.html": "folder",
  "named/index": "file",
  "named/index.html": "page",
  "without/page.html": "page",
};

// Status, and content or Location.
const RESPONSES: readonly (readonly [path: string, status: number, expected?: string])[] = [
  ["/", 200, "home"],
  ["/about", 200, "about"],
  ["/about.html", 301, "/about"],
  ["/about.html?x=1", 301, "/about?x=1"],
  ["/about/", 404],
  ["/index.html", 301, "/"],
  ["/index", 301, "/"],
  ["/index?x=1", 301, "/?x=1"],
  ["/dir/index.html", 301, "/dir/"],
  ["/dir/index", 301, "/dir/"],
  ["/dir/index?x=1&y", 301, "/dir/?x=1&y"],
  ["/a%20b/index", 301, "/a%20b/"],
  ["/both/index", 301, "/both/"],
  ["/named/index", 200, "file"],
  ["/named/", 200, "page"],
  ["/without/index", 404],
  ["/index/", 404],
  ["/dir/page", 200, "page in dir"],
  ["/dir/page.html", 301, "/dir/page"],
  ["/both", 301, "/both/"],
  ["/both/", 200, "folder"],
  ["/both.html", 200, "page"],
  ["/taken", 200, "file"],
  ["/taken.html", 200, "page"],
  ["/app.js", 200, "code"],
  ["/c%20d.html", 301, "/c%20d"],
  ["/c%20d", 200, "blank"],
  ["/nothing", 404],
  ["/nothing.html", 404],
];

test("--clean-urls serves pages without their ending, and redirects there", async (withFolder) => {
  await withFolder(SITE, { cleanUrls: true }, async (folder) => {
    for (const [path, status, expected] of [...RESPONSES, ...RESPONSES]) {
      const { status: got, text, headers } = await folder.get(`GET ${path}`);
      assertEquals(got, status, path);
      if (status === 301) assertEquals(headers.get("Location"), expected, path);
      if (status === 200) {
        assertEquals({ text, hasType: headers.get("Content-Type") !== undefined }, {
          text: expected,
          hasType: true,
        }, path);
      }
    }
    assertEquals((await folder.get("GET /about")).headers.get("Content-Type"), "text/html");
  });
});

test("--clean-urls redirects index pages to their folder below --base", async (withFolder) => {
  await withFolder(SITE, { cleanUrls: true, base: "/files/" }, async (folder) => {
    for (const name of ["index", "index.html"]) {
      const { status, headers } = await folder.get(`GET /files/dir/${name}?x=1`);
      assertEquals([status, headers.get("Location")], [301, "/files/dir/?x=1"]);
    }
  });
});

Deno.test("files of the server itself are hidden from clients, by any name", async () => {
  for (const symlinks of ["inside", "deny", "follow"] as const) {
    await withFolder({ "a.txt": "a" }, {}, async ({ path }) => {
      const base = await Deno.realPath(join(path, ".."));
      const hidden = [join(base, "site", "key.pem"), join(base, "site", "later.log")];
      await withFolder({ "key.pem": "secret", "b.txt": "b" }, { symlinks }, async (folder) => {
        const own = join(await Deno.realPath(folder.path), "key.pem");
        const log = join(await Deno.realPath(folder.path), "later.log");
        await withServed(folder.path, [own, log, ...hidden], symlinks);
      });
    });
  }
});

async function withServed(
  path: string,
  hidden: readonly string[],
  symlinks: "inside" | "deny" | "follow",
): Promise<void> {
  await withFolder({}, { symlinks, hidden, listing: true }, async (folder) => {
    await Deno.remove(folder.path);
    await symlink(path, folder.path);
    await Deno.writeTextFile(join(path, "later.log"), "line");
    await link(join(path, "key.pem"), join(path, "another.txt"));
    await Deno.mkdir(join(path, "in"));
    await link(join(path, "later.log"), join(path, "in", "another.txt"));
    await link(join(path, "b.txt"), join(path, "in", "b.txt"));
    if (symlinks !== "deny") await symlink("key.pem", join(path, "alias"));
    const names = ["key.pem", "later.log", "another.txt", "in/another.txt", "in/%61nother.txt"];
    for (const name of [...names, ...(symlinks === "deny" ? [] : ["alias"])]) {
      for (const again of [0, 2_000]) {
        folder.nowMs += again;
        assertEquals((await folder.get(`GET /${name}`)).status, 404, `${symlinks} ${name}`);
      }
    }
    assertEquals((await folder.get("GET /in/b.txt")).text, "b");
    const entries = JSON.parse((await folder.get("GET /", { Accept: "application/json" })).text);
    assertEquals(entries.map(({ name }: { name: string }) => name), ["in", "b.txt"]);
  });
}
