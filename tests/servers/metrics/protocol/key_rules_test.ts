import { assertEquals } from "@std/assert";
import { isKey } from "../../../../src/servers/metrics/protocol/key_rules.ts";
import { Random } from "../../../support/random.ts";

const encoder = new TextEncoder();

const KEYS: readonly (readonly [string, boolean])[] = [
  ["test_key", true],
  ['palm.cpu;host="a"', true],
  ["k\u00e9y", true],
  ["\u{1f600}", true],
  ["\ufeffkey", true],
  ["a\u200bb", true],
  ["\u180e", true],
  ["\x7f", true],
  ["*", true],
  ["", false],
  ["a b", false],
  ["a\tb", false],
  ["a\0", false],
  ["a\x0bb", false],
  ["a\x0cb", false],
  ["a\x1cb", false],
  ["a\x1fb", false],
  ["a\rb", false],
  ["a\x80b", false],
  ["a\u0085b", false],
  ["a\u009fb", false],
  ["a\u00a0b", false],
  ["\u1680", false],
  ["\u2000", false],
  ["\u200a", false],
  ["\u2028", false],
  ["\u2029", false],
  ["\u202f", false],
  ["\u205f", false],
  ["\u3000", false],
];

for (const [text, isGood] of KEYS) {
  Deno.test(`isKey() ${isGood ? "takes" : "refuses"} ${JSON.stringify(text)}`, () => {
    const bytes = encoder.encode(`<${text}>`);
    assertEquals(isKey(bytes, 1, bytes.length - 1), isGood);
  });
}

// The characters that JavaScript itself knows as control characters or white space, except DEL and the byte order mark.
const BREAKS = /[^\P{Cc}\x7f]|[^\S\ufeff]/u;

Deno.test("isKey() takes every character except those that break words or lines", () => {
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (codePoint === 0xd800) codePoint = 0xe000;
    const character = String.fromCodePoint(codePoint);
    const bytes = encoder.encode(character);
    if (isKey(bytes, 0, bytes.length) === BREAKS.test(character)) {
      throw new Error(`U+${codePoint.toString(16)} is judged wrongly`);
    }
  }
});

// The edges of what UTF-8 allows (Unicode 16, table 3-7).
const EDGES = [
  0x41,
  0x80,
  0x8f,
  0x90,
  0x9f,
  0xa0,
  0xbf,
  0xc0,
  0xc1,
  0xc2,
  0xdf,
  0xe0,
  0xe1,
  0xec,
  0xed,
  0xee,
];
const HIGH_EDGES = [0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfc, 0xfe, 0xff];

Deno.test("isKey() refuses bytes that are not UTF-8, as TextDecoder does", () => {
  const random = new Random(4);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const isText = (bytes: Uint8Array): boolean => {
    try {
      return !BREAKS.test(decoder.decode(bytes));
    } catch {
      return false;
    }
  };
  for (let round = 0; round < 100_000; round++) {
    const length = 1 + random.below(5);
    const bytes = Uint8Array.from({ length }, () => random.pick(random.happens(3) ? HIGH_EDGES : EDGES));
    if (isKey(bytes, 0, length) !== isText(bytes)) throw new Error(`[${bytes}] is judged wrongly`);
  }
});
