import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "../../../src/http/errors.ts";
import { encodeSegment, parseUrlPath } from "../../../src/servers/static/url_path.ts";

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
    const parsed = parseUrlPath(path);
    assertEquals([parsed.segments, parsed.canonical], [segments, canonical], path);
    assertEquals(parsed.endsWithSlash, canonical.endsWith("/"), path);
    assertEquals(parseUrlPath(canonical), parsed, `${path}: the canonical form means the same`);
  }
});

const REFUSED: readonly (readonly [path: string, status: number])[] = [
  ["*", 404],
  ["example.com:80", 404],
  ["/..", 404],
  ["/../etc/passwd", 404],
  ["/%2e%2e/etc/passwd", 404],
  ["/a/../../etc/passwd", 404],
  ["/a/%2E./.%2e/etc/passwd", 404],
  ["/..%2fetc/passwd", 404],
  ["/a%2fb", 404],
  ["/a%5Cb", 404],
  ["/..\\..\\etc", 404],
  ["/..%5c..%5cetc", 404],
  ["/a%00.html", 404],
  ["/%", 400],
  ["/%2", 400],
  ["/%zz", 400],
  ["/a%+b", 400],
  ["/%u002e", 400],
  ["/%ff", 400],
  ["/%c0%ae%c0%ae/etc", 400],
  ["/%ed%a0%80", 400],
];

Deno.test("parseUrlPath() refuses malformed escapes and whatever leaves the root", () => {
  for (const [path, status] of REFUSED) {
    const error = assertThrows(() => parseUrlPath(path), HttpError, undefined, path) as HttpError;
    assertEquals(error.status, status, path);
  }
});

Deno.test("encodeSegment() writes names as browsers do (WHATWG URL, path percent-encode set)", () => {
  for (const name of ["a b", "100%", "a?b", "\u00e9\u0301", "x:y", "a;b=c", "'\"<>"]) {
    const url = new URL("http://localhost/");
    url.pathname = `/${encodeSegment(name)}`;
    assertEquals(url.pathname, `/${encodeSegment(name)}`, name);
    assertEquals(decodeURIComponent(encodeSegment(name)), name);
  }
});
