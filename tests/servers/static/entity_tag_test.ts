import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { listsTag, tagOfBytes, tagOfStamp } from "../../../src/servers/static/entity_tag.ts";

// Whether each list names "a" by strong and by weak comparison (RFC 9110 §8.8.3.2).
const LISTS: readonly (readonly [list: string, strong: boolean, weak: boolean])[] = [
  ['"a"', true, true],
  ['W/"a"', false, true],
  ["*", true, true],
  ['"b", "a"', true, true],
  ['"b" , W/"a" ,, "c"', false, true],
  ['"b"', false, false],
  ['"A"', false, false],
  ['""', false, false],
  ["a", false, false],
  ['w/"a"', false, false],
  ['"a', false, false],
  ['"a" "b"', false, false],
  ['"a"x', false, false],
  ['x, "a"', false, false],
  ['"a",*', false, false],
  ['"b,a"', false, false],
  ["", false, false],
];

Deno.test("listsTag() compares strongly and weakly, and takes no malformed list (RFC 9110 §8.8.3)", () => {
  for (const [list, strong, weak] of LISTS) {
    assertEquals([listsTag(list, '"a"', "strong"), listsTag(list, '"a"', "weak")], [strong, weak], list);
  }
});

Deno.test("listsTag() reads a backslash as an ordinary character of a tag", () => {
  assertEquals(listsTag('"a\\", "b"', '"b"', "strong"), true);
  assertEquals(listsTag('"a\\"', '"a\\"', "strong"), true);
});

Deno.test("tagOfBytes() differs with every byte", async () => {
  const tag = await tagOfBytes(new TextEncoder().encode("hello"));
  assertMatch(tag, /^"[\w-]{22}"$/);
  assertNotEquals(tag, await tagOfBytes(new TextEncoder().encode("hellp")));
});

Deno.test("tagOfStamp() differs with every part of the stamp and with the coding", () => {
  const stamp = { size: 1, mtimeMs: 2, ctimeMs: 3, ino: 4 };
  const others = [
    { ...stamp, size: 9 },
    { ...stamp, mtimeMs: 9 },
    { ...stamp, ctimeMs: 9 },
    { ...stamp, ino: 9 },
  ].map((other) => tagOfStamp(other, ""));
  const tags = [tagOfStamp(stamp, ""), tagOfStamp(stamp, "gzip"), ...others];
  assertEquals(new Set(tags).size, tags.length);
});
