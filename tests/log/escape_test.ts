import { encodeLatin1 } from "../../src/bytes/latin1.ts";
import { assertEquals } from "@std/assert";
import {
  createLinesEscaper,
  escapeBytes,
  escapeLatin1,
  escapeLatin1Column,
  escapeText,
  escapeTextColumn,
  jsonOfBytes,
  jsonOfLatin1,
  jsonOfText,
} from "../../src/log/escape.ts";

/** Received bytes, one latin1 character each, and the text that a line of the log shows. */
const BYTE_ROWS: readonly (readonly [what: string, bytes: string, shown: string])[] = [
  ["printable ASCII", "GET /a?b=c HTTP/1.1", "GET /a?b=c HTTP/1.1"],
  ["nothing", "", ""],
  ["NUL", "a\x00b", "a\\x00b"],
  ["CR", "a\rb", "a\\rb"],
  ["LF", "a\nb", "a\\nb"],
  ["line ends of a head", "GET / HTTP/1.1\r\nA: b\r\n\r\n", "GET / HTTP/1.1\\r\\nA: b\\r\\n\\r\\n"],
  ["line ends of a head beside lone ones", "a\r\n\nb\r\r\n\\", "a\\r\\n\\nb\\r\\r\\n\\\\"],
  ["HTAB", "a\tb", "a\\tb"],
  ["VT and FF", "\x0b\x0c", "\\x0b\\x0c"],
  ["ESC", "\x1b[2J", "\\x1b[2J"],
  ["DEL", "a\x7f", "a\\x7f"],
  ["a backslash, so that it cannot be taken for an escape", "\\x1b", "\\\\x1b"],
  ["quotes", `"'`, `"'`],
  ["C1 as a bare byte", "\x9b2J", "\\x9b2J"],
  ["C1 in UTF-8", "\xc2\x9b2J", "\\u009b2J"],
  ["NEL in UTF-8", "\xc2\x85", "\\u0085"],
  ["U+2028 and U+2029", "\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"],
  ["a bidirectional override", "\xe2\x80\xae", "\\u202e"],
  ["a BOM", "\xef\xbb\xbfa", "\\ufeffa"],
  ["two bytes", "caf\xc3\xa9", "caf\u00e9"],
  ["three bytes", "\xe2\x82\xac", "\u20ac"],
  ["four bytes", "\xf0\x9f\x98\x80", "\u{1f600}"],
  ["the last character", "\xf4\x8f\xbf\xbf", "\u{10ffff}"],
  ["latin1, which is not UTF-8", "caf\xe9!", "caf\\xe9!"],
  ["a continuation byte alone", "\x80", "\\x80"],
  ["a character cut off", "\xe2\x82", "\\xe2\\x82"],
  ["a character cut off by another", "\xe2\xc3\xa9", "\\xe2\u00e9"],
  ["an overlong slash of two bytes", "\xc0\xaf", "\\xc0\\xaf"],
  ["an overlong slash of three bytes", "\xe0\x80\xaf", "\\xe0\\x80\\xaf"],
  ["an overlong character of four bytes", "\xf0\x80\x80\x80", "\\xf0\\x80\\x80\\x80"],
  ["a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"],
  ["beyond U+10FFFF", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"],
  ["bytes that never occur", "\xf5\xff", "\\xf5\\xff"],
];

for (const [what, bytes, shown] of BYTE_ROWS) {
  Deno.test(`escapeBytes() and escapeLatin1() show ${what}`, () => {
    assertEquals(escapeBytes(encodeLatin1(bytes)), shown);
    assertEquals(escapeLatin1(bytes), shown);
  });
}

Deno.test("escapeBytes() of each single byte is printable ASCII and different from all others", () => {
  const shown = Array.from({ length: 256 }, (_, byte) => escapeBytes(new Uint8Array([byte])));
  assertEquals(new Set(shown).size, 256);
  assertEquals(shown.filter((text) => !/^[\x20-\x7e]+$/.test(text)), []);
});

Deno.test("createLinesEscaper() leaves line feeds in, and escapes everything else like escapeBytes()", () => {
  const escapeLines = createLinesEscaper("");
  for (const [, bytes, shown] of BYTE_ROWS) {
    assertEquals(escapeLines(encodeLatin1(bytes)), shown.replaceAll(/(?<!\\)\\n/g, "\n"));
  }
});

Deno.test("createLinesEscaper() puts its mark after each line feed", () => {
  assertEquals(createLinesEscaper("| ")(encodeLatin1("a\r\n\nb|\n")), "a\\r\n| \n| b|\n| ");
});

Deno.test("escapeBytes() and jsonOfBytes() treat every character like escapeText() and jsonOfText()", () => {
  const encoder = new TextEncoder();
  for (let code = 0; code <= 0x10ffff; code += code < 0x10000 ? 1 : 251) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const bytes = encoder.encode(character);
    if (escapeBytes(bytes) !== escapeText(character)) assertEquals(escapeBytes(bytes), escapeText(character));
    if (jsonOfBytes(bytes) !== jsonOfText(character)) assertEquals(jsonOfBytes(bytes), jsonOfText(character));
  }
});

Deno.test("escapeBytes() and jsonOfBytes() of long bodies give the joined results of their parts, wherever they are cut", () => {
  const parts = ["plain ", "\xe2\x80\xa8", "\x00", "\xff", "\xf0\x9f\x98\x80", '"'];
  for (let length = 10_900; length < 10_950; length++) {
    const start = "\x01".repeat(length);
    const all = encodeLatin1(start + parts.join(""));
    const shown = [start, ...parts].map((part) => escapeBytes(encodeLatin1(part))).join("");
    const json = [start, ...parts].map((part) => jsonOfBytes(encodeLatin1(part)).slice(1, -1)).join("");
    assertEquals(escapeBytes(all) === shown, true, `${length} bytes in front`);
    assertEquals(jsonOfBytes(all) === `"${json}"`, true, `${length} bytes in front`);
  }
});

Deno.test("escapeText() keeps readable text and escapes controls, separators and lone surrogates", () => {
  assertEquals(escapeText("caf\u00e9 \u{1f600}"), "caf\u00e9 \u{1f600}");
  assertEquals(escapeText("a\r\n\x1b\x85\u2028\ud800\\"), "a\\r\\n\\x1b\\u0085\\u2028\\ud800\\\\");
});

Deno.test("escapeTextColumn() and escapeLatin1Column() leave no white space, and show an empty text as a dash", () => {
  assertEquals(escapeTextColumn(""), "-");
  assertEquals(escapeLatin1Column(""), "-");
  assertEquals(escapeTextColumn("a b\u00a0c\u3000"), "a\\x20b\\u00a0c\\u3000");
  assertEquals(escapeLatin1Column("/a b\xc2\xa0\t\xff"), "/a\\x20b\\u00a0\\t\\xff");
  assertEquals(escapeLatin1Column("/plain"), "/plain");
});

/** Received bytes, and the JSON that stands for them. */
const JSON_ROWS: readonly (readonly [what: string, bytes: string, json: string])[] = [
  ["plain text", "GET /", `"GET /"`],
  ["quotes and backslashes", `"\\`, `"\\"\\\\"`],
  ["line ends and ESC", "a\r\n\x1b", `"a\\r\\n\\u001b"`],
  ["DEL", "\x7f", `"\\u007f"`],
  ["C1 in UTF-8", "\xc2\x9b", `"\\u009b"`],
  ["U+2028 in UTF-8", "\xe2\x80\xa8", `"\\u2028"`],
  ["a bidirectional override", "\xe2\x80\xae", `"\\u202e"`],
  ["readable text", "caf\xc3\xa9", `"caf\u00e9"`],
  ["bytes that are not UTF-8", "a\xff", `"a\\\\xff"`],
];

for (const [what, bytes, json] of JSON_ROWS) {
  Deno.test(`jsonOfBytes() and jsonOfLatin1() write ${what}`, () => {
    assertEquals(jsonOfBytes(encodeLatin1(bytes)), json);
    assertEquals(jsonOfLatin1(bytes), json);
    assertEquals(typeof JSON.parse(json), "string");
  });
}

Deno.test("jsonOfText() gives back any text through JSON.parse, in one line without controls", () => {
  const text = 'a"\\\r\n\0\x7f\x85\u2028\u2029\u202e\u{1f600}';
  assertEquals(JSON.parse(jsonOfText(text)), text);
  assertEquals(/[\p{Cc}\p{Zl}\p{Zp}]/u.test(jsonOfText(text)), false);
});
