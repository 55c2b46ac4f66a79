// The small values of HTTP: cookies, dates, targets, status codes, responses, text.

import { assertEquals, assertThrows } from "@std/assert";
import { formatSetCookie, parseCookies } from "../../src/http/cookies.ts";
import { formatHttpDate } from "../../src/http/date.ts";
import { equalsIgnoringCase, isFieldValue, isToken, splitList, trimOws } from "../../src/http/grammar.ts";
import { HttpHeaders } from "../../src/http/headers.ts";
import { isHost, isHostWithPort } from "../../src/http/host.ts";
import { HttpRequest } from "../../src/http/request/request.ts";
import { EMPTY_BODY } from "../../src/http/request/request_body.ts";
import { htmlResponse, redirectResponse, textResponse } from "../../src/http/response/response.ts";
import { isBodyless, reasonPhrase } from "../../src/http/status.ts";
import { authorityOf, isHttpsUri, splitTarget } from "../../src/http/target.ts";
import { decodeLatin1 } from "../../src/bytes/latin1.ts";
import { TextWindow } from "../../src/http/tokens/head/text_window.ts";
import { bytesOf } from "../support/latin1.ts";

const COOKIES: readonly (readonly [values: readonly string[], pairs: string])[] = [
  [["a=b; c=d"], "a=b|c=d"],
  [["a=b", "c=d"], "a=b|c=d"],
  [["a=b;c=d;"], "a=b|c=d"],
  [[" \ta = b \t"], "a=b"],
  [['a="b c"'], "a=b c"],
  [['a="'], 'a="'],
  [["a=b=c"], "a=b=c"],
  [["a="], "a="],
  [["a; =b; ; c=d"], "c=d"],
  [["a=%41"], "a=%41"],
  [["__proto__=b"], "__proto__=b"],
  [["a=\xa0b\xa0"], "a=\xa0b\xa0"],
  [[""], ""],
  [[], ""],
];

for (const [values, pairs] of COOKIES) {
  Deno.test(`parseCookies() takes ${JSON.stringify(pairs)} out of ${JSON.stringify(values)} (RFC 6265 §4.2)`, () => {
    assertEquals(parseCookies(values).map(({ name, value }) => `${name}=${value}`).join("|"), pairs);
  });
}

Deno.test("formatSetCookie() writes what RFC 6265 §4.1.1 allows", () => {
  assertEquals(formatSetCookie({ name: "a", value: "b" }), "a=b");
  assertEquals(formatSetCookie({ name: "a", value: "" }, { path: "/" }), "a=; Path=/");
  assertEquals(formatSetCookie({ name: "a", value: '"b"' }), 'a="b"');
});

Deno.test("formatSetCookie() refuses values that no cookie can carry", () => {
  for (const name of ["", "a b", "a=", "a;", "\u00e9"]) {
    assertThrows(() => formatSetCookie({ name, value: "" }), TypeError);
  }
  for (const value of ["a b", "a;b", "a,b", 'a"b', "a\\b", "\r\n", "\u00e9", '"']) {
    assertThrows(() => formatSetCookie({ name: "a", value }), TypeError);
  }
  for (const path of ["/;", "/\r\n", "/\u00e9"]) {
    assertThrows(() => formatSetCookie({ name: "a", value: "b" }, { path }), TypeError);
  }
});

Deno.test("formatHttpDate() writes IMF-fixdate with two digits everywhere (RFC 9110 §5.6.7)", () => {
  assertEquals(formatHttpDate(784_111_777_999), "Sun, 06 Nov 1994 08:49:37 GMT");
  assertEquals(formatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  assertEquals(formatHttpDate(Date.UTC(2024, 1, 29, 23, 59, 59)), "Thu, 29 Feb 2024 23:59:59 GMT");
});

const TARGETS:
  readonly (readonly [target: string, path: string, query: string, authority: string | undefined])[] = [
    ["/", "/", "", undefined],
    ["/a?b?c", "/a", "b?c", undefined],
    ["/a?", "/a", "", undefined],
    ["//h/a", "//h/a", "", undefined],
    ["*", "*", "", undefined],
    ["h:1", "h:1", "", undefined],
    ["http://h", "/", "", "h"],
    ["http://h/", "/", "", "h"],
    ["HTTPS://h:1/a?b", "/a", "b", "h:1"],
    ["http://h?b", "/", "b", "h"],
    ["http:///a", "/a", "", ""],
  ];

for (const [target, path, query, authority] of TARGETS) {
  Deno.test(`splitTarget() and authorityOf() read ${target} (RFC 9112 §3.2)`, () => {
    assertEquals(splitTarget(target), { path, query });
    assertEquals(authorityOf(target), authority);
  });
}

Deno.test("isHttpsUri() knows targets for secured connections alone (RFC 9110 §7.4)", () => {
  for (const target of ["https://a/", "HTTPS://a", "hTTps://a:1"]) assertEquals(isHttpsUri(target), true);
  for (const target of ["/https://a/", "http://a/", "*", "a:443", ""]) {
    assertEquals(isHttpsUri(target), false);
  }
});

Deno.test("isHost() takes IPv6 addresses of RFC 3986 §3.2.2 and no others", () => {
  const good = [
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1::8",
    "1:2:3:4:5:6:7::",
    "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4",
  ];
  const bad = [
    "",
    ":",
    ":::",
    "1:2",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "12345::",
    "g::",
    "::1.2.3",
    "::1.2.3.256",
    "::01.2.3.4",
  ];
  for (const address of good) assertEquals(isHost(`[${address}]`), true, address);
  for (const address of [...bad, "1.2.3.4::", "1:2:3:4:5:6:7:8::", "v.x", "vx.1", "v1."]) {
    assertEquals(isHost(`[${address}]`), false, address);
  }
  assertEquals({
    "a:1": isHostWithPort("a:1"),
    "a:": isHostWithPort("a:"),
    "a": isHostWithPort("a"),
    ":1": isHostWithPort(":1"),
  }, { "a:1": true, "a:": false, "a": false, ":1": false });
});

Deno.test("reasonPhrase() names codes, and isBodyless() those without content (RFC 9110 §15)", () => {
  assertEquals([reasonPhrase(404), reasonPhrase(599)], ["Not Found", ""]);
  assertEquals([100, 200, 204, 205, 206, 304, 404].filter(isBodyless), [100, 204, 205, 304]);
});

Deno.test("textResponse(), htmlResponse() and redirectResponse() set the fields of their content", () => {
  assertEquals([...textResponse(200, "a", [["B", "c"]]).headers], [[
    "Content-Type",
    "text/plain; charset=utf-8",
  ], ["B", "c"]]);
  assertEquals(htmlResponse(404, "<p>").headers.get("content-type"), "text/html; charset=utf-8");
  const { status, headers, body } = redirectResponse(303, "/a");
  assertEquals([status, headers.get("location"), body], [303, "/a", null]);
  assertThrows(() => redirectResponse(303, "/a\r\nB: c"), TypeError);
});

Deno.test("HttpRequest gives path, query and cookies from its head, and keeps its first refusal", () => {
  const headers = new HttpHeaders([["Cookie", "a=b; a=c"]]);
  const request = new HttpRequest({ method: "GET", target: "/p?q", version: "1.1", headers }, EMPTY_BODY);
  assertEquals([request.path, request.query, request.cookie("a"), request.cookie("b"), request.rawHead], [
    "/p",
    "q",
    "b",
    undefined,
    "",
  ]);
  assertEquals([request.cookies.length, request.query, request.path], [2, "q", "/p"]);
});

Deno.test("the grammar of tokens, values and lists (RFC 9110 §5.6)", () => {
  assertEquals({
    "a-Z0~": isToken("a-Z0~"),
    "": isToken(""),
    "a b": isToken("a b"),
    "\u0141": isToken("\u0141"),
  }, { "a-Z0~": true, "": false, "a b": false, "\u0141": false });
  assertEquals({
    "": isFieldValue(""),
    "a\tb\xff": isFieldValue("a\tb\xff"),
    "\u0100": isFieldValue("\u0100"),
    "\x7f": isFieldValue("\x7f"),
  }, { "": true, "a\tb\xff": true, "\u0100": false, "\x7f": false });
  assertEquals(
    {
      otherCase: equalsIgnoringCase("aZ", "Az"),
      longer: equalsIgnoringCase("a", "ab"),
      otherBrackets: equalsIgnoringCase("[", "{"),
    },
    { otherCase: true, longer: false, otherBrackets: false },
  );
  assertEquals([trimOws(" \ta b\t "), trimOws("a"), trimOws(" "), trimOws("\xa0")], ["a b", "a", "", "\xa0"]);
  assertEquals(splitList('"a\\"", "b'), ['"a\\""', '"b']);
});

Deno.test("decodeLatin1() gives each byte its code point, however many there are", () => {
  // Among them UTF-8 of two and three bytes, a byte order mark, U+FFFD itself, and bytes that are no UTF-8.
  const texts = [
    "",
    "GET /",
    "\0\x80\xff",
    "\xc3\xa4",
    "a\xe2\x82\xac",
    "\xef\xbb\xbfa",
    "\xef\xbf\xbd",
    "a\xe9",
    "\xc3",
  ];
  for (const text of texts) assertEquals(decodeLatin1(bytesOf(text)), text);
  assertEquals(decodeLatin1(new Uint8Array(20_000).fill(0xe9)), "\xe9".repeat(20_000));
});

Deno.test("TextWindow cuts many texts out of one array, in any order", () => {
  const text = Array.from({ length: 400 }, (_, index) => `word number ${index} of a long text, `).join("");
  const window = new TextWindow();
  const bytes = bytesOf(text);
  for (
    const [start, end] of [[0, 3], [0, 30], [5, 60], [2_000, 2_900], [100, 5_000], [40, 80], [9, 9]] as const
  ) {
    assertEquals(window.ascii(bytes, start, end), text.slice(start, end));
  }
  bytes.fill(0x61);
  window.clear();
  assertEquals(window.ascii(bytes, 40, 80), "a".repeat(40));
});
