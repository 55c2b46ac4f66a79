import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "../../../../src/http/errors.ts";
import {
  encodeSegment,
  parseFilePath,
  parseUrlPath,
} from "../../../../src/servers/static/resources/url_path.ts";

const PATHS: readonly (readonly [path: string, segments: readonly string[], canonical: string])[] = [
  ["/", [], "/"],
  ["//", [], "/"],
  ["/a", ["a"], "/a"],
  ["/a/", ["a"], "/a/"],
  ["/a/b.html", ["a", "b.html"], "/a/b.html"],
  ["//evil.example/a", ["evil.example", "a"], "/evil.example/a"],
  ["/a//b", ["a", "b"], "/a/b"],
  ["/a/./b", ["a", "b"], "/a/b"],
  ["/a/.", ["a"], "/a/"],
  ["/a/../b", ["b"], "/b"],
  ["/a/b/..", ["a"], "/a/"],
  ["/a/%2e%2E/b", ["b"], "/b"],
  ["/a/.%2e/b", ["b"], "/b"],
  ["/text..txt", ["text..txt"], "/text..txt"],
  ["/..txt", ["..txt"], "/..txt"],
  ["/.../a", ["...", "a"], "/.../a"],
  ["/space%20in%20name", ["space in name"], "/space%20in%20name"],
  ["/%70%61ge", ["page"], "/page"],
  ["/caf%C3%A9", ["caf\u00e9"], "/caf%C3%A9"],
  ["/cafe%CC%81", ["cafe\u0301"], "/cafe%CC%81"],
  ["/%F0%9F%98%80", ["\u{1f600}"], "/%F0%9F%98%80"],
  ["/a%25b", ["a%b"], "/a%25b"],
  ["/a%3Fb%23c", ["a?b#c"], "/a%3Fb%23c"],
  ["/a&b=c,d;e:f@g$h+i!'()*~", ["a&b=c,d;e:f@g$h+i!'()*~"], "/a&b=c,d;e:f@g$h+i!'()*~"],
  ["/C:/Windows", ["C:", "Windows"], "/C:/Windows"],
];

Deno.test("parseUrlPath() decodes names and removes dots (RFC 3986 §5.2.4)", () => {
  for (const [path, segments, canonical] of PATHS) {
    const parsed = parseUrlPath(path)!;
    assertEquals([parsed.segments, parsed.canonical], [segments, canonical], path);
    assertEquals(parsed.endsWithSlash, canonical.endsWith("/"), path);
    assertEquals(parseUrlPath(canonical), parsed, `${path}: the canonical form means the same`);
  }
});

const NO_NAMES = [
  "*",
  "example.com:80",
  "/..",
  "/../etc/passwd",
  "/%2e%2e/etc/passwd",
  "/a/../../etc/passwd",
  "/a/../../a/b",
  "/a/%2E./.%2e/etc/passwd",
  "/..%2fetc/passwd",
  "/a%2fb",
  "/a%00.html",
  "/a%00/../b",
];

const MALFORMED = [
  "/%",
  "/%2",
  "/%zz",
  "/a%+b",
  "/%u002e",
  "/%ff",
  "/%c0%ae%c0%ae/etc",
  "/%ed%a0%80",
  "/../%zz",
];

Deno.test("parseUrlPath() gives no name for a path that leaves the root, and refuses malformed escapes", () => {
  for (const path of NO_NAMES) assertEquals(parseUrlPath(path), undefined, path);
  for (const path of MALFORMED) {
    const error = assertThrows(() => parseUrlPath(path), HttpError, undefined, path) as HttpError;
    assertEquals(error.status, 400, path);
  }
});

Deno.test("parseFilePath() reads paths as people type them", () => {
  assertEquals(parseFilePath("a b/100%.html")?.segments, ["a b", "100%.html"]);
  assertEquals(parseFilePath("/a.html")?.segments, ["a.html"]);
  assertEquals(parseFilePath("%61.html")?.segments, ["%61.html"]);
  assertEquals(parseFilePath("../a.html"), undefined);
});

Deno.test("encodeSegment() writes names as browsers do (WHATWG URL, path percent-encode set)", () => {
  for (const name of ["a b", "100%", "a?b", "\u00e9\u0301", "x:y", "a;b=c", "'\"<>"]) {
    const url = new URL("http://localhost/");
    url.pathname = `/${encodeSegment(name)}`;
    assertEquals(url.pathname, `/${encodeSegment(name)}`, name);
    assertEquals(decodeURIComponent(encodeSegment(name)), name);
  }
});

Deno.test({
  name: "parseUrlPath() treats a backslash as part of a name, except on Windows",
  ignore: Deno.build.os === "windows",
  fn: () => {
    assertEquals(parseUrlPath("/a%5Cb\\c"), {
      segments: ["a\\b\\c"],
      endsWithSlash: false,
      canonical: "/a%5Cb%5Cc",
    });
  },
});
