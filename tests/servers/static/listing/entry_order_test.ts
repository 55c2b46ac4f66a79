import { assertEquals } from "@std/assert";
import { MAX_KEY, nameKeys } from "../../../../src/servers/static/listing/name_keys.ts";
import { compareNames, sortByName } from "../../../../src/servers/static/listing/name_order.ts";

// Rows of names, in the order that people expect.
const ORDERED: readonly (readonly string[])[] = [
  ["file1", "File2", "file3"],
  ["file2", "file10", "file100"],
  ["v1.2.9", "v1.2.10", "v1.10.1"],
  ["a", "a0", "a1", "aa"],
  ["1", "2", "10", "99999999999999999998", "99999999999999999999"],
  ["img12.png", "img12a.png"],
  ["\u00e9", "\u00ea"],
];

Deno.test("compareNames() puts numbers in the order of their values, and ignores case", () => {
  for (const names of ORDERED) {
    assertEquals([...names].reverse().sort(compareNames), names, names.join(" "));
    for (const name of names) assertEquals(compareNames(name, name), 0);
  }
});

Deno.test("compareNames() is an order: swapping two names swaps the result", () => {
  const names = ORDERED.flat();
  for (const a of names) {
    for (const b of names) {
      assertEquals(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a)), 0, `${a} ${b}`);
    }
  }
});

function keysOf(names: readonly string[], limit: number): Float64Array {
  return nameKeys(Uint32Array.from(names.keys()), names, limit);
}

Deno.test("nameKeys() never contradicts compareNames()", () => {
  const names = [
    ...ORDERED.flat(),
    "",
    "a-1",
    "a_1",
    "A1",
    "a01",
    "a1b",
    "a\u{1F600}",
    "a".repeat(40),
    "a1".repeat(20),
  ];
  for (const start of ["", "shared ", "shared 1", "Shared"]) {
    const longer = names.map((name) => start + name);
    const keys = keysOf(longer, 2 ** 30);
    for (const [i, a] of longer.entries()) {
      for (const [j, b] of longer.entries()) {
        if (keys[i]! < keys[j]!) assertEquals(compareNames(a, b) < 0, true, `${a} ${b}`);
      }
    }
  }
});

Deno.test("nameKeys() tells numbers of five digits apart after a common start", () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `file${i * 97}.txt`);
  assertEquals(new Set(keysOf(names, MAX_KEY)).size, names.length);
});

// Names that keys tell apart at once, later, hardly, and not at all.
const NAME_MAKERS: readonly ((i: number) => string)[] = [
  (i) => `file${i}.txt`,
  (i) => `${i % 3} a long common start of all names of a year ${i}`,
  (i) => "x".repeat(i % 250) + (i % 7),
  (i) => "aA"[i % 2]!.repeat(5) + "0".repeat(i % 5) + "7",
  (i) => String.fromCodePoint(0x1f600 + i % 50, 0xe9 + i % 3),
];

Deno.test("sortByName() sorts as compareNames() does, whatever the names have in common", () => {
  for (const makeName of NAME_MAKERS) {
    const names = Array.from({ length: 1_000 }, (_, i) => makeName(i * 7919 % 1_000));
    const indexes = Uint32Array.from(names.keys());
    sortByName(indexes, names);
    assertEquals([...indexes].map((index) => names[index]), [...names].sort(compareNames), names[0]);
    assertEquals(new Set(indexes).size, names.length);
  }
});
