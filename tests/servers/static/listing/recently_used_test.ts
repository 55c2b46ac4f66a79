import { assertEquals } from "@std/assert";
import { RecentlyUsed } from "../../../../src/servers/static/listing/recently_used.ts";

function heldOf(values: RecentlyUsed<string>): string {
  return ["a", "b", "c", "d"].map((key) => values.get(key) ?? "-").join("");
}

Deno.test("RecentlyUsed holds values up to its limit, and forgets the one used longest ago first", () => {
  const values = new RecentlyUsed<string>(10);
  values.set("a", "A", 4);
  values.set("b", "B", 4);
  assertEquals(values.get("a"), "A");
  values.set("c", "C", 4);
  assertEquals(heldOf(values), "A-C-");
  values.set("c", "C", 1);
  values.set("d", "D", 5);
  assertEquals(heldOf(values), "A-CD");
  assertEquals([values.set("b", "B", 11), heldOf(values)], [false, "A-CD"]);
  values.clear();
  assertEquals([values.set("b", "B", 10), heldOf(values)], [true, "-B--"]);
});

Deno.test("RecentlyUsed lets a held value grow, and no other one", () => {
  const values = new RecentlyUsed<string>(10);
  values.set("a", "A", 4);
  values.set("b", "B", 4);
  assertEquals([values.grow("b", "B", 7), heldOf(values)], [true, "-B--"]);
  assertEquals([values.grow("b", "other", 1), values.grow("a", "A", 1), heldOf(values)], [
    false,
    false,
    "-B--",
  ]);
  assertEquals([values.grow("b", "B", 11), heldOf(values)], [false, "-B--"]);
});
