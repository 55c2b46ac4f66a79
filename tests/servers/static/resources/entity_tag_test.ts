import { assertEquals } from "@std/assert";
import { listsTag, tagOf, tagOfForm } from "../../../../src/servers/static/resources/entity_tag.ts";

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
    const found = { strong: listsTag(list, '"a"', "strong"), weak: listsTag(list, '"a"', "weak") };
    assertEquals(found, { strong, weak }, list);
  }
});

Deno.test("listsTag() reads a backslash as an ordinary character of a tag", () => {
  assertEquals(listsTag('"a\\", "b"', '"b"', "strong"), true);
  assertEquals(listsTag('"a\\"', '"a\\"', "strong"), true);
});

Deno.test("tagOf() and tagOfForm() differ with every part of the stamp and with the form", () => {
  const stamp = { size: 1, mtimeMs: 2, ctimeMs: 3, ino: 4 };
  const others = [
    { ...stamp, size: 9 },
    { ...stamp, mtimeMs: 9 },
    { ...stamp, ctimeMs: 9 },
    { ...stamp, ino: 9 },
  ].map(tagOf);
  const tags = [tagOf(stamp), tagOfForm(tagOf(stamp), "gzip"), tagOf("digest"), ...others];
  assertEquals(new Set(tags).size, tags.length);
  assertEquals([tagOf("digest"), tagOfForm('"digest"', "gzip")], ['"digest"', '"digest-gzip"']);
});
