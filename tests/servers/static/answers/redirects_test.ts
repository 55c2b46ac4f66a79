import { assertEquals, assertThrows } from "@std/assert";
import { parseRedirects, RedirectsError } from "../../../../src/servers/static/answers/redirects.ts";
import { withFolder } from "../static_folder.ts";

const LINES = `# moved in 2023
/old.html /new.html
/blog/* /news/*  302
/blog/special /never
/all/* https://example.com/*
/top/* /*
/top* /*
/caf\u00e9 /cafe?x=1#here 308
/new.html /shadowed 303
`;

// Request and Location; undefined if the request is not redirected.
const CASES: readonly (readonly [path: string, location: string | undefined, status?: number])[] = [
  ["/old.html", "/new.html", 301],
  ["/old.html?a=b", "/new.html?a=b", 301],
  ["/%6fld.html", "/new.html", 301],
  ["/blog/2023/a%20b?q", "/news/2023/a%20b?q", 302],
  ["/blog/special", "/news/special", 302],
  ["/blog", undefined],
  ["/all/x/y", "https://example.com/x/y", 301],
  ["/top//evil.example/x", "/evil.example/x", 301],
  ["/top/../top/%2e%2e//x", undefined],
  ["/caf%C3%A9?y", "/cafe?x=1&y#here", 308],
  ["/new.html", "/shadowed", 303],
  ["/file.txt", undefined],
];

Deno.test("--redirects: the first match wins, before files; the match of * and the query are carried over", async () => {
  const files = { "new.html": "there", "file.txt": "file" };
  await withFolder(files, { redirects: parseRedirects(LINES) }, async (folder) => {
    for (const [path, location, status] of CASES) {
      const { headers, status: got } = await folder.get(`GET ${path}`);
      assertEquals(headers.get("Location"), location, path);
      if (status !== undefined) assertEquals(got, status, path);
    }
  });
});

Deno.test("parseRedirects() names a malformed line", () => {
  const lines = [
    "/a",
    "/a b 301 x",
    "/a /b 200",
    "/a b",
    "/a //b\r",
    "a/* /b",
    "/a /b/*",
    "/a*/c /b",
    "/a%zz /b",
  ];
  for (const line of lines.filter((line) => !line.startsWith("/a //b") && !line.startsWith("a/*"))) {
    const error = assertThrows(() => parseRedirects(`# first\n\n${line}\n`), RedirectsError, undefined, line);
    assertEquals(error.message.includes(" in line 3, got "), true, error.message);
  }
});

Deno.test("--base serves below a path, and puts it before redirects", async () => {
  const files = { "index.html": "home", "a.txt": "a", "dir/x": "" };
  const options = { base: "/files/", redirects: parseRedirects("/from /to"), listing: true };
  await withFolder(files, options, async (folder) => {
    assertEquals((await folder.get("GET /files/")).text, "home");
    assertEquals((await folder.get("GET /files/a.txt?q")).text, "a");
    assertEquals((await folder.get("GET /files?q")).headers.get("Location"), "/files/?q");
    assertEquals((await folder.get("GET /files/dir")).headers.get("Location"), "/files/dir/");
    assertEquals((await folder.get("GET /files/from")).headers.get("Location"), "/files/to");
    for (const path of ["/a.txt", "/", "/filesa.txt", "/files/../a.txt", "/other/"]) {
      assertEquals((await folder.get(`GET ${path}`)).status, 404, path);
    }
    assertEquals((await folder.get("POST /files/a.txt")).status, 405);
  });
});
