import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "./asked_folder.ts";
import { cacheControlRules, rulesFor, withFolder } from "./static_folder.ts";

const BROWSER = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const SITE = {
  "app.html": "the app",
  "404.html": "lost",
  "real.html": "real",
  "dir/a.txt": "a",
  ".env": "secret",
};

// Response to a path by its fields, with --spa app.html.
const NAVIGATIONS: readonly (readonly [path: string, fields: Record<string, string>, status: number])[] = [
  ["/users/7", BROWSER, 200],
  ["/users/john.doe", BROWSER, 200],
  ["/users/", BROWSER, 200],
  ["/lost.html", BROWSER, 200],
  ["/users/7", { "Sec-Fetch-Mode": "navigate" }, 200],
  ["/users/7", { Accept: "application/json, text/html;q=0.1" }, 200],
  ["/users/7", { Accept: "text/html;q=0, */*" }, 404],
  ["/users/7", { ...BROWSER, "Sec-Fetch-Mode": "cors" }, 404],
  ["/users/7", { ...BROWSER, "Sec-Fetch-Mode": "no-cors" }, 404],
  ["/users/7", { Accept: "*/*" }, 404],
  ["/users/7", { Accept: "application/json" }, 404],
  ["/users/7", {}, 404],
  ["/users/anna@example.com", BROWSER, 200],
  ["/repo/next.js", BROWSER, 200],
  ["/file/readme.md", { "Sec-Fetch-Mode": "navigate" }, 200],
  ["/lost.js", { Accept: "*/*", "Sec-Fetch-Mode": "no-cors" }, 404],
  ["/lost.js", { Accept: "*/*" }, 404],
  ["/assets/lost.PNG", { Accept: "image/avif,image/webp,*/*;q=0.8", "Sec-Fetch-Mode": "no-cors" }, 404],
  ["/.env", BROWSER, 404],
  ["/../x", BROWSER, 404],
  ["/%zz", BROWSER, 400],
];

test("--spa responds to navigations with its file, and to missing assets with a real 404", async (withFolder) => {
  await withFolder(SITE, { spa: "app.html" }, async (folder) => {
    for (const [path, fields, status] of NAVIGATIONS) {
      const response = await folder.get(`GET ${path}`, fields);
      assertEquals(response.status, status, `${path} ${JSON.stringify(fields)}`);
      // The same path is a page for one client and missing for another.
      if (status === 404) assertEquals(response.headers.get("Vary"), "Accept, Sec-Fetch-Mode");
      if (status !== 200) continue;
      assertEquals(response.text, "the app");
      assertEquals(response.headers.get("Vary"), "Accept, Sec-Fetch-Mode");
      const tag = response.headers.get("ETag")!;
      assertEquals((await folder.get(`GET ${path}`, { ...fields, "If-None-Match": tag })).status, 304);
    }
    assertEquals((await folder.get("GET /real.html", BROWSER)).text, "real");
    assertFalse((await folder.get("GET /app.html")).headers.has("Vary"));
  });
});

Deno.test("--not-found sends its file with 404, and only with 404", async () => {
  await withFolder(SITE, { notFound: "404.html" }, async (folder) => {
    const paths = ["/nowhere", "/dir/", "/.env", "/real.html/", "/..", "/../x", "/a%2fb", "/a%5cb", "/%00"];
    for (const path of paths) {
      const response = await folder.get(`GET ${path}`, { "If-None-Match": "*", Range: "bytes=0-1" });
      assertEquals([response.status, response.text], [404, "lost"], path);
      assertEquals(response.headers.get("Content-Type"), "text/html");
      assertEquals(response.headers.get("Cache-Control"), "no-store");
      assertFalse(response.headers.has("ETag"));
      const head = await folder.get(`HEAD ${path}`);
      assertEquals([head.status, head.headers.get("Content-Length"), head.text], [404, "4", ""]);
    }
    assertEquals((await folder.get("GET /404.html")).status, 200);
    assertEquals((await folder.get("POST /nowhere")).status, 405);
    await Deno.remove(`${folder.path}/404.html`);
    folder.nowMs += 1_000;
    assertStringIncludes((await folder.get("GET /nowhere")).text, "404 Not Found");
  });
});

Deno.test("--cors lets every origin read, errors too, and responds to preflights (Fetch standard)", async () => {
  await withFolder(SITE, { cors: true, auth: "a:b" }, async (folder) => {
    const Authorization = `Basic ${btoa("a:b")}`;
    for (const path of ["/real.html", "/nowhere", "/dir", "/real.html/"]) {
      const { headers } = await folder.get(`GET ${path}`, { Authorization });
      assertEquals(headers.getAll("Access-Control-Allow-Origin"), ["*"], path);
    }
    assertEquals((await folder.get("GET /real.html")).headers.get("Access-Control-Allow-Origin"), "*");
    const preflight = await folder.get("OPTIONS /real.html", {
      Origin: "http://other.example",
      "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "range, x-y",
    });
    assertEquals([preflight.status, preflight.text], [204, ""]);
    assertEquals(preflight.headers.get("Access-Control-Allow-Methods"), "GET, HEAD");
    assertEquals(preflight.headers.get("Access-Control-Allow-Headers"), "range, x-y");
    const refused = await folder.get("POST /real.html", { Authorization });
    assertEquals([refused.status, refused.headers.get("Allow")], [405, "GET, HEAD, OPTIONS"]);
  });
});

test("without --cors OPTIONS is 405, and no origin may read", async (withFolder) => {
  await withFolder(SITE, {}, async (folder) => {
    const response = await folder.get("OPTIONS /real.html");
    assertEquals([response.status, response.headers.get("Allow")], [405, "GET, HEAD"]);
    assertFalse((await folder.get("GET /real.html")).headers.has("Access-Control-Allow-Origin"));
  });
});

test("--cache-control goes with files, --header with every response", async (withFolder) => {
  const fields = rulesFor(["X-One", "1"], ["Link", "<a>"], ["Link", "<b>"], ["Content-Type", "text/x-mine"]);
  await withFolder(SITE, { cacheControl: cacheControlRules("max-age=60"), fields }, async (folder) => {
    const whole = await folder.get("GET /real.html");
    assertEquals(whole.headers.getAll("Cache-Control"), ["max-age=60"]);
    assertEquals(whole.headers.getAll("Content-Type"), ["text/x-mine"]);
    assertEquals(whole.headers.getAll("Link"), ["<a>", "<b>"]);
    const known = await folder.get("GET /real.html", { "If-None-Match": "*" });
    const part = await folder.get("GET /real.html", { Range: "bytes=0-0" });
    for (const { headers } of [known, part]) assertEquals(headers.get("Cache-Control"), "max-age=60");
    for (const line of ["GET /nowhere", "GET /dir", "POST /", "GET /%"]) {
      const { headers } = await folder.get(line);
      assertEquals(headers.getAll("X-One"), ["1"], line);
      assertFalse(headers.get("Cache-Control") === "max-age=60", line);
    }
  });
});

test("--header overrides other options, each header once", async (withFolder) => {
  const fields = rulesFor(
    ["access-control-allow-origin", "http://one.example"],
    ["Cache-Control", "no-store"],
    ["Vary", "Origin"],
  );
  const cacheControl = cacheControlRules("max-age=60");
  const options = { cors: true, cacheControl, listing: true, precompressed: true, fields };
  await withFolder(SITE, options, async (folder) => {
    for (const line of ["GET /real.html", "GET /nowhere", "GET /dir", "GET /dir/", "OPTIONS /", "GET /%"]) {
      const { headers } = await folder.get(line);
      assertEquals(headers.getAll("Access-Control-Allow-Origin"), ["http://one.example"], line);
      assertEquals(headers.getAll("Cache-Control"), ["no-store"], line);
    }
    // The values of Vary add up.
    const varyOf = async (line: string): Promise<string[]> => (await folder.get(line)).headers.getAll("Vary");
    assertEquals(await varyOf("GET /real.html"), ["Accept-Encoding", "Origin"]);
    assertEquals(await varyOf("GET /dir/"), ["Accept", "Origin"]);
    assertEquals(await varyOf("OPTIONS /"), ["Access-Control-Request-Headers", "Origin"]);
  });
});

const SECRET = "j\u00f6rg:pass:w\u00f6rd";

// Authorization, and whether it is accepted.
const CREDENTIALS: readonly (readonly [value: string, isLetIn: boolean])[] = [
  [`Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(SECRET)))}`, true],
  [`basic  ${btoa(String.fromCharCode(...new TextEncoder().encode(SECRET)))}`, true],
  [`Basic ${btoa(SECRET)}`, false],
  [`Basic ${btoa("j\u00f6rg:")}`, false],
  [`Basic ${btoa("")}`, false],
  ["Basic", false],
  ["Basic !!!", false],
  ["Basic A", false],
  [`Bearer ${btoa(SECRET)}`, false],
];

test("--auth accepts name and password, in UTF-8 (RFC 7617)", async (withFolder) => {
  await withFolder(SITE, { auth: SECRET }, async (folder) => {
    for (const [Authorization, isLetIn] of CREDENTIALS) {
      const { status } = await folder.get("GET /real.html", { Authorization });
      assertEquals(status, isLetIn ? 200 : 401, Authorization);
    }
    for (const line of ["GET /real.html", "HEAD /nowhere", "POST /", "OPTIONS /"]) {
      const { status, headers } = await folder.get(line);
      assertEquals([status, headers.get("WWW-Authenticate")], [
        401,
        'Basic realm="millrace", charset="UTF-8"',
      ]);
    }
  });
});

// Types without --charset, with utf-8, and with off.
const CHARSETS: Readonly<Record<string, readonly [preset: string, named: string, off: string]>> = {
  "a.html": ["text/html", "text/html; charset=utf-8", "text/html"],
  "a.css": ["text/css", "text/css; charset=utf-8", "text/css"],
  "a.js": ["text/javascript", "text/javascript; charset=utf-8", "text/javascript"],
  "a.txt": ["text/plain; charset=utf-8", "text/plain; charset=utf-8", "text/plain"],
  "a.md": ["text/markdown; charset=utf-8", "text/markdown; charset=utf-8", "text/markdown"],
  "a.png": ["image/png", "image/png", "image/png"],
  "a.json": ["application/json", "application/json", "application/json"],
  "none": ["application/octet-stream", "application/octet-stream", "application/octet-stream"],
};

for (const [column, charset] of [undefined, "utf-8", "off"].entries()) {
  test(`--charset ${charset ?? "left out"}: which types say their encoding`, async (withFolder) => {
    const files = Object.fromEntries(Object.keys(CHARSETS).map((name) => [name, ""]));
    await withFolder(files, { charset }, async (folder) => {
      for (const [name, types] of Object.entries(CHARSETS)) {
        assertEquals((await folder.get(`GET /${name}`)).headers.get("Content-Type"), types[column], name);
      }
    });
  });
}

test("texts are shown, whatever their ending, and --type overrides everything", async (withFolder) => {
  const shown = ["README", "LICENSE", "a.ts", "a.rs", "a.py", "a.toml", "a.csv", "a.log", "a.sh", "Makefile"];
  const files = Object.fromEntries([...shown, "b.xyz", "B.XYZ", "c.md"].map((name) => [name, ""]));
  const types = [["xyz", "chemical/x-xyz"], ["md", "text/plain"], ["log", "text/x-log; charset=x"]] as const;
  await withFolder(files, { types }, async (folder) => {
    for (const name of shown) {
      const type = name === "a.log" ? "text/x-log; charset=x" : "text/plain; charset=utf-8";
      assertEquals((await folder.get(`GET /${name}`)).headers.get("Content-Type"), type, name);
    }
    for (const name of ["b.xyz", "B.XYZ"]) {
      assertEquals((await folder.get(`GET /${name}`)).headers.get("Content-Type"), "chemical/x-xyz");
    }
    assertEquals((await folder.get("GET /c.md")).headers.get("Content-Type"), "text/plain; charset=utf-8");
  });
});

test("the media types of common files of the web", async (withFolder) => {
  const types = {
    "a.html": "text/html",
    "a.jpg": "image/jpeg",
    "a.JPEG": "image/jpeg",
    "a.png": "image/png",
    "a.gif": "image/gif",
    "a.swf": "application/x-shockwave-flash",
    "a.svg": "image/svg+xml",
    "a.woff2": "font/woff2",
    "a.wasm": "application/wasm",
    "a.tar.gz": "application/gzip",
    "a.zst": "application/zstd",
    "a.unknown": "application/octet-stream",
  };
  await withFolder(Object.fromEntries(Object.keys(types).map((name) => [name, ""])), {}, async (folder) => {
    for (const [name, type] of Object.entries(types)) {
      assertEquals((await folder.get(`GET /${name}`)).headers.get("Content-Type"), type, name);
    }
  });
});

test("responses with 412 and 416 have their required fields (RFC 9110 §15.5.13, §15.5.17)", async (withFolder) => {
  await withFolder(SITE, {}, async (folder) => {
    assertEquals((await folder.get("GET /real.html", { "If-Match": '"x"' })).status, 412);
    const { status, headers } = await folder.get("GET /real.html", { Range: "bytes=4-" });
    assertEquals([status, headers.get("Content-Range")], [416, "bytes */4"]);
    assert((await folder.get("HEAD /real.html", { Range: "bytes=4-" })).status === 200);
  });
});
