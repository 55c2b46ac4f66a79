import { assertEquals, assertThrows } from "@std/assert";
import { hasWildcard, KeyPattern, meansAll } from "../../../../src/servers/metrics/protocol/key_pattern.ts";
import type { ByteRange } from "../../../../src/servers/metrics/store.ts";
import { Random } from "../../../support/random.ts";

function rangeOf(text: string): ByteRange {
  const bytes = new TextEncoder().encode(`<${text}>`);
  return { bytes, start: 1, end: bytes.length - 1 };
}

function matches(pattern: string, key: string): boolean {
  const { bytes, start, end } = rangeOf(key);
  return new KeyPattern(rangeOf(pattern)).matches(bytes, start, end);
}

const ROWS: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] =
  [
    ["a*", ["a", "ab", "abc"], ["", "b", "a.b", "ba"]],
    ["*.cpu", ["a.cpu", ".cpu"], ["cpu", "a.b.cpu", "a.cpux"]],
    ["a.*.c", ["a.b.c", "a..c"], ["a.c", "a.b.b.c"]],
    ["*a*a*", ["aa", "xaxax"], ["a", "xax", "a.a"]],
    ["**", ["", "abc"], ["a.b"]],
    ["{a,b}", ["a", "b"], ["", "ab", "c"]],
    ["x{a,}y", ["xay", "xy"], ["xaay", "x"]],
    ["{a.b,c}.d", ["a.b.d", "c.d"], ["a.d", "b.d"]],
    ["{a*,b{1,2}}z", ["az", "axz", "b1z", "b2z"], ["bz", "b12z", "a.z"]],
    ["{*}", ["", "abc"], ["a.b"]],
    ["a{b", ["a{b"], ["ab", "a"]],
    ["a}b,c*", ["a}b,c", "a}b,cd"], ["ab"]],
    ["{a{b,c}", ["{ab", "{ac"], ["ab", "{a"]],
    ["{}x", ["x"], ["{}x"]],
    ["{a,b}{a,b}", ["aa", "ab", "ba", "bb"], ["a", "abc"]],
    ["k\u00e9*", ["k\u00e9", "k\u00e9y"], ["ke"]],
  ];

Deno.test("KeyPattern.matches() takes `*` within dots and alternatives in braces", () => {
  for (const [pattern, matching, others] of ROWS) {
    for (const key of matching) {
      assertEquals({ pattern, key, isMatch: matches(pattern, key) }, { pattern, key, isMatch: true });
    }
    for (const key of others) {
      assertEquals({ pattern, key, isMatch: matches(pattern, key) }, { pattern, key, isMatch: false });
    }
  }
});

const GLOBS: readonly (readonly [glob: string, matching: readonly string[], others: readonly string[]])[] = [
  ["a?c", ["abc", "a?c", "a\u00e9c", "a\u{1f600}c"], ["ac", "abbc", "a.c"]],
  ["web[0-9]", ["web0", "web9"], ["web", "weba", "web10"]],
  ["web[!0-9]", ["weba", "web\u00e9", "web!"], ["web1", "web.", "web"]],
  ["[a-cx-]z", ["az", "cz", "xz", "-z"], ["dz", "bbz"]],
  ["[]a]b", ["]b", "ab"], ["b", "[]a]b"]],
  ["{web[12],d?}.*", ["web1.x", "db.x"], ["web3.x", "d.x", "web1"]],
  ["a[b", ["a[b"], ["ab", "a"]],
  ["a[]", ["a[]"], ["a"]],
];

Deno.test("KeyPattern.matches() takes `?` and classes of characters in Graphite's patterns only", () => {
  for (const [glob, matching, others] of GLOBS) {
    const pattern = new KeyPattern(rangeOf(glob), "graphite");
    const isMatch = (key: string): boolean => {
      const { bytes, start, end } = rangeOf(key);
      return pattern.matches(bytes, start, end);
    };
    assertEquals([glob, matching.filter(isMatch)], [glob, matching]);
    assertEquals([glob, others.filter(isMatch)], [glob, []]);
  }
  assertEquals(matches("a?[b]*", "a?[b]c"), true);
  assertEquals(matches("a?[b]*", "axbc"), false);
});

// The same meaning as a regular expression.
function toRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll("*", "[^.]*").replaceAll(
    /[{},]/g,
    (sign) => ({ "{": "(?:", "}": ")", ",": "|" })[sign]!,
  );
  return new RegExp(`^(?:${source.replaceAll(/(?<!\^)\.(?!\])/g, "\\.")})$`);
}

function randomPattern(random: Random, depth: number): string {
  let pattern = "";
  for (let count = random.below(5); count > 0; count--) {
    if (depth > 0 && random.below(4) === 0) {
      const alternatives = Array.from(
        { length: 1 + random.below(3) },
        () => randomPattern(random, depth - 1),
      );
      pattern += `{${alternatives.join()}}`;
    } else pattern += "ab.*"[random.below(4)]!;
  }
  return pattern;
}

Deno.test("KeyPattern.matches() agrees with regular expressions on random patterns and keys", () => {
  const random = new Random(5);
  for (let step = 0; step < 3_000; step++) {
    const pattern = randomPattern(random, 2);
    const compiled = new KeyPattern(rangeOf(pattern));
    const expected = toRegExp(pattern);
    for (let count = 0; count < 10; count++) {
      const key = Array.from({ length: random.below(7) }, () => "ab."[random.below(3)]!).join("");
      const { bytes, start, end } = rangeOf(key);
      assertEquals([pattern, key, compiled.matches(bytes, start, end)], [pattern, key, expected.test(key)]);
    }
  }
});

Deno.test("KeyPattern takes names of up to 4,096 bytes, however deep their braces are", () => {
  assertThrows(() => new KeyPattern(rangeOf("*".repeat(4_097))), RangeError, "4096");
  assertEquals(matches(`${"{".repeat(2_048)}${"}".repeat(2_048)}`, ""), true);
  assertEquals(matches("{,a}".repeat(1_024), "a".repeat(1_024)), true);
  assertEquals(matches("*a".repeat(2_048), `${"a".repeat(5_000)}b`), false);
});

Deno.test("hasWildcard() and meansAll() look only at the bytes of the name", () => {
  const names = ["a", "a*", "{a", "a}", "*", "**"];
  assertEquals(names.filter((name) => hasWildcard(rangeOf(name))), ["a*", "{a", "*", "**"]);
  assertEquals(names.filter((name) => meansAll(rangeOf(name))), ["*"]);
});
