import { assertEquals, assertFalse } from "@std/assert";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { StaticOptions } from "../../../src/servers/static/options.ts";
import { type AskedFolder, test } from "./asked_folder.ts";
import { withFolder } from "./static_folder.ts";

const FILES = {
  "index.html": "home",
  "page.html": "page",
  "text..txt": "dots",
  "space in name.txt": "spaces",
  "100%.txt": "percent",
  "a?b#c.txt": "marks",
  "caf\u00e9.txt": "composed",
  "cafe\u0301.txt": "decomposed",
  "\u{1f600}.txt": "astral",
  "empty": "",
  "dir/index.html": "index of dir",
  "dir/file.txt": "file in dir",
  "bare/file.txt": "no index here",
  ".env": "secret",
  ".git/config": "secret",
  ".well-known/security.txt": "contact",
  "../outside.txt": "outside",
  "../site_beside/file.txt": "outside",
};

// Status, content or Location.
const RESPONSES: readonly (readonly [line: string, status: number, expected?: string])[] = [
  ["GET /", 200, "home"],
  ["GET /index.html", 200, "home"],
  ["GET /page.html", 200, "page"],
  ["GET /page.html?query=%zz&x", 200, "page"],
  ["GET http://localhost/page.html?x", 200, "page"],
  ["GET /%70age.html", 200, "page"],
  ["GET /page.html/", 404],
  ["GET /page.html/x", 404],
  ["GET /page.html%00", 404],
  ["GET /Page.html", 404],
  ["GET /text..txt", 200, "dots"],
  ["GET /space%20in%20name.txt", 200, "spaces"],
  ["GET /space+in+name.txt", 404],
  ["GET /100%25.txt", 200, "percent"],
  ["GET /100%.txt", 400],
  ["GET /a%3Fb%23c.txt", 200, "marks"],
  ["GET /caf%C3%A9.txt", 200, "composed"],
  ["GET /cafe%CC%81.txt", 200, "decomposed"],
  ["GET /%F0%9F%98%80.txt", 200, "astral"],
  ["GET /empty", 200, ""],
  ["GET /dir/", 200, "index of dir"],
  ["GET /dir/?x=1", 200, "index of dir"],
  ["GET /dir", 301, "/dir/"],
  ["GET /dir?a=b&c=%2F", 301, "/dir/?a=b&c=%2F"],
  ["GET //dir", 301, "/dir/"],
  ["GET //localhost/..//dir", 301, "/dir/"],
  ["GET /bare/..//%64ir", 301, "/dir/"],
  ["GET /bare/", 404],
  ["GET /bare", 301, "/bare/"],
  ["GET /dir//file.txt", 200, "file in dir"],
  ["GET /dir/../page.html", 200, "page"],
  ["GET /dir/%2e%2e/page.html", 200, "page"],
  ["GET /nowhere", 404],
  ["GET /nowhere/", 404],
  [`GET /${"x".repeat(300)}`, 404],
  [`GET /${"x/".repeat(3_000)}`, 404],
  ["GET /.env", 404],
  ["GET /.git/config", 404],
  ["GET /%2egit/config", 404],
  ["GET /.git", 404],
  ["GET /.well-known/security.txt", 200, "contact"],
  ["GET /../outside.txt", 404],
  ["GET /%2e%2e/outside.txt", 404],
  ["GET /..%2foutside.txt", 404],
  ["GET /dir/..%5c..%5coutside.txt", 404],
  ["GET /dir/..\\..\\outside.txt", 404],
  ["GET /../site_beside/file.txt", 404],
  ["GET /dir/../../site/page.html", 404],
  ["GET //etc/passwd", 404],
  ["GET /%2fetc/passwd", 404],
  ["GET /file:///etc/passwd", 404],
  ["POST /page.html", 405],
  ["PUT /nowhere", 405],
  ["DELETE /", 405],
  ["OPTIONS /", 405],
  ["OPTIONS *", 405],
  ["TRACE /", 405],
  ["get /page.html", 405],
];

test("the server resolves paths below the root, and nothing outside of it", async (withFolder) => {
  await withFolder(FILES, {}, async (folder) => {
    for (const [line, status, expected] of RESPONSES) {
      const response = await folder.get(line);
      assertEquals(response.status, status, line);
      if (status === 200) assertEquals(response.text, expected, line);
      if (status === 301) assertEquals(response.headers.get("Location"), expected, line);
      if (status === 405) assertEquals(response.headers.get("Allow"), "GET, HEAD", line);
      assertFalse(response.text.includes("outside") || response.text.includes("secret"), line);
    }
  });
});

test("the server responds the same from memory as from the disk", async (withFolder) => {
  await withFolder(FILES, {}, async (folder) => {
    for (const [line, status, expected] of RESPONSES) {
      await folder.get(line);
      const again = await folder.get(line);
      assertEquals(again.status, status, line);
      if (status === 200) assertEquals(again.text, expected, line);
    }
  });
});

test("HEAD gets the same response as GET, header for header, without content (RFC 9110 §9.3.2)", async (withFolder) => {
  await withFolder(FILES, {}, async (folder) => {
    for (const [line, status] of RESPONSES) {
      if (status === 405) continue;
      const get = await folder.get(line);
      const head = await folder.get(line.replace("GET", "HEAD"));
      assertEquals(head.status, status, line);
      // Error pages are texts: the core tells their length, and sends no content for HEAD.
      if (status !== 200) continue;
      assertEquals([...head.headers], [...get.headers], line);
      assertEquals(head.bytes.length, 0, line);
      assertEquals(get.headers.get("Content-Length"), String(get.bytes.length), line);
    }
  });
});

test("--dotfiles allow serves names that begin with a dot", async (withFolder) => {
  await withFolder(FILES, { dotfiles: "allow" }, async (folder) => {
    assertEquals((await folder.get("GET /.env")).text, "secret");
    assertEquals((await folder.get("GET /.git/config")).text, "secret");
    assertEquals((await folder.get("GET /../outside.txt")).status, 404);
  });
});

Deno.test("--index names the files that stand for a directory, in order", async () => {
  const files = { "a/home.htm": "home.htm", "a/index.html": "index.html", "b/index.html": "b" };
  await withFolder(files, { index: ["home.htm", "index.html"] }, async (folder) => {
    assertEquals((await folder.get("GET /a/")).text, "home.htm");
    assertEquals((await folder.get("GET /b/")).text, "b");
    await folder.write("b/home.htm", "new");
    folder.nowMs += 1_000;
    assertEquals((await folder.get("GET /b/")).text, "new");
  });
});

async function makeLinks({ path }: AskedFolder): Promise<void> {
  await symlink("page.html", join(path, "inside"));
  await symlink(join(path, "dir"), join(path, "linked_dir"));
  await symlink("../outside.txt", join(path, "leaving"));
  await symlink("../site_beside", join(path, "leaving_dir"));
  await symlink(join(path, "..", "site_beside", "file.txt"), join(path, "absolute"));
  await symlink("loop", join(path, "loop"));
  await symlink("nothing", join(path, "dangling"));
  await symlink(join(path, "dir", "..", "nothing"), join(path, "dangling_absolute"));
  await symlink("../nothing", join(path, "dangling_out"));
  await symlink(join(path, "..", "nothing", "below"), join(path, "dangling_out_absolute"));
  await symlink("leaving_dir/nothing", join(path, "dangling_after"));
  // The path lies above the target of the link, so outside, not above the link.
  await symlink("leaving_dir/../nothing", join(path, "dangling_above"));
  await symlink("loop", join(path, "..", "site_beside", "loop"));
}

// Status by policy: inside, deny, follow.
const LINKS: readonly (readonly [path: string, inside: number, deny: number, follow: number])[] = [
  ["/page.html", 200, 200, 200],
  ["/inside", 200, 403, 200],
  ["/linked_dir/file.txt", 200, 403, 200],
  ["/linked_dir", 301, 403, 301],
  ["/linked_dir/", 200, 403, 200],
  ["/leaving", 403, 403, 200],
  ["/leaving_dir/file.txt", 403, 403, 200],
  ["/leaving_dir/", 403, 403, 404],
  ["/leaving_dir", 403, 403, 301],
  ["/absolute", 403, 403, 200],
  ["/loop", 404, 403, 404],
  ["/dangling", 404, 403, 404],
  ["/dangling/below", 404, 403, 404],
  ["/dangling_absolute", 404, 403, 404],
  ["/dangling_out", 403, 403, 404],
  ["/dangling_out/below", 403, 403, 404],
  ["/dangling_out_absolute", 403, 403, 404],
  ["/dangling_after", 403, 403, 404],
  ["/dangling_above", 403, 403, 404],
  ["/leaving/below", 403, 403, 404],
  ["/leaving_dir/nothing", 403, 403, 404],
  ["/leaving_dir/nothing/below", 403, 403, 404],
  ["/leaving_dir/file.txt/below", 403, 403, 404],
  ["/leaving_dir/loop", 403, 403, 404],
  [`/leaving_dir/${"n".repeat(300)}`, 403, 403, 404],
  ["/linked_dir/nothing", 404, 403, 404],
  ["/inside/below", 404, 403, 404],
  ["/loop/below", 404, 403, 404],
  ["/nothing/below", 404, 404, 404],
];

for (const [column, symlinks] of (["inside", "deny", "follow"] as const).entries()) {
  test(`--symlinks ${symlinks} follows links by their real path`, async (withFolder) => {
    await withFolder(FILES, { symlinks }, async (folder) => {
      await makeLinks(folder);
      for (const [path, ...statuses] of LINKS) {
        const { status, text } = await folder.get(`GET ${path}`);
        assertEquals(status, statuses[column], path);
        if (symlinks !== "follow") assertFalse(text.includes("outside"), path);
      }
    });
  });
}

Deno.test("a root that is a link itself is followed, also after it is pointed to another folder", async () => {
  const files = { "v1/a.txt": "one", "v2/a.txt": "two" };
  await withFolder(files, {}, async (folder) => {
    await symlink("v1", join(folder.path, "current"));
    const link = join(folder.path, "current");
    const options: Partial<StaticOptions> = {};
    await withFolder({}, options, async (other) => {
      await Deno.remove(other.path);
      await symlink(link, other.path);
      assertEquals((await other.get("GET /a.txt")).text, "one");
      await Deno.remove(link);
      await symlink("v2", link);
      other.nowMs += 1_000;
      assertEquals((await other.get("GET /a.txt")).text, "two");
    });
  });
});

Deno.test({
  name: "FIFOs, sockets and devices are 403, and never opened",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withFolder(FILES, { symlinks: "follow" }, async (folder) => {
      const made = await new Deno.Command("mkfifo", { args: [join(folder.path, "pipe")] }).output();
      assertEquals(made.code, 0);
      await symlink("/dev/zero", join(folder.path, "zero"));
      await mkdir(join(folder.path, "pipe_dir"));
      const listener = Deno.listen({ transport: "unix", path: join(folder.path, "pipe_dir", "socket") });
      try {
        for (const path of ["/pipe", "/zero", "/pipe_dir/socket"]) {
          assertEquals((await folder.get(`GET ${path}`)).status, 403, path);
        }
        assertEquals((await folder.get("GET /pipe/")).status, 403);
      } finally {
        listener.close();
      }
    });
  },
});
