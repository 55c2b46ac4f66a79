import { assertEquals, assertThrows } from "@std/assert";
import { createRequestIds } from "../../src/log/request_id.ts";

Deno.test("RequestIds.next() gives time, tag and number, sorted in the order of the calls", () => {
  const ids = createRequestIds("w1");
  const at = Date.UTC(2026, 2, 1);
  const made = [ids.next(at), ids.next(at), ids.next(at + 0.9), ids.next(at + 1), ids.next(at + 60_000)];
  assertEquals(made[0], `${at.toString(36)}-w1-000`);
  assertEquals(made[2]?.endsWith("-w1-002"), true);
  assertEquals(made.toSorted(), made);
  assertEquals(new Set(made).size, made.length);
});

Deno.test("RequestIds.next() repeats no id when the clock is set back", () => {
  const ids = createRequestIds();
  const made = [ids.next(2_000_000_000_000), ids.next(1_999_999_000_000), ids.next(2_000_000_000_000)];
  assertEquals(new Set(made).size, 3);
  assertEquals(made.toSorted(), made);
});

Deno.test("RequestIds.next() goes on in the next millisecond when the numbers of one are used up", () => {
  const ids = createRequestIds();
  const made = new Set<string>();
  let last = "";
  for (let i = 0; i < 36 ** 3 + 2; i++) {
    const id = ids.next(2_000_000_000_000);
    assertEquals(id > last, true);
    made.add(last = id);
  }
  assertEquals(made.size, 36 ** 3 + 2);
});

Deno.test("createRequestIds() keeps workers apart by their tags, and refuses a tag that is not a word", () => {
  const [first, second] = [createRequestIds("a"), createRequestIds("b")];
  assertEquals(first.next(1) === second.next(1), false);
  assertThrows(() => createRequestIds("a b"), TypeError, "tag");
});
