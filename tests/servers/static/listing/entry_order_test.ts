import { assertEquals } from "@std/assert";
import { nameKeys } from "../../../../src/servers/static/listing/name_keys.ts";
import { compareNames } from "../../../../src/servers/static/listing/entry_order.ts";

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
    const keys = nameKeys(longer);
    for (const [i, a] of longer.entries()) {
      for (const [j, b] of longer.entries()) {
        if (keys[i]! < keys[j]!) assertEquals(compareNames(a, b) < 0, true, `${a} ${b}`);
      }
    }
  }
});

Deno.test("nameKeys() tells numbers of five digits apart after a common start", () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `file${i * 97}.txt`);
  assertEquals(new Set(nameKeys(names)).size, names.length);
});
