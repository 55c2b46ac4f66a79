import { assertEquals } from "@std/assert";
import { compareNames } from "../../../../src/servers/static/listing/entry_order.ts";

// Rows of names in the order in which people look for them.
const ORDERED: readonly (readonly string[])[] = [
  ["file1", "File2", "file3"],
  ["file2", "file10", "file100"],
  ["v1.2.9", "v1.2.10", "v1.10.1"],
  ["a", "a0", "a1", "aa"],
  ["1", "2", "10", "99999999999999999998", "99999999999999999999"],
  ["img12.png", "img12a.png"],
  ["\u00e9", "\u00ea"],
];

Deno.test("compareNames() puts numbers in the order of their values, and looks at no case", () => {
  for (const names of ORDERED) {
    assertEquals([...names].reverse().sort(compareNames), names, names.join(" "));
    for (const name of names) assertEquals(compareNames(name, name), 0);
  }
});

Deno.test("compareNames() is an order: what it says of two names, it says of them turned round", () => {
  const names = ORDERED.flat();
  for (const a of names) {
    for (const b of names) {
      assertEquals(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a)), 0, `${a} ${b}`);
    }
  }
});
