import { assertEquals } from "@std/assert";
import { Bag } from "../../src/base/bag.ts";

Deno.test("Bag takes and gives items in any order, also while it is gone through", () => {
  const items = ["a", "b", "c", "d"].map((name) => ({ name, place: 0 }));
  const bag = new Bag<{ name: string; place: number }>();
  for (const item of items) bag.add(item);
  const names = (): string => [...bag].map(({ name }) => name).sort().join("");
  bag.delete(items[1]!);
  bag.delete(items[3]!);
  assertEquals([names(), bag.size], ["ac", 2]);
  bag.add(items[3]!);
  bag.delete(items[0]!);
  assertEquals(names(), "cd");
  for (const item of bag) bag.delete(item);
  assertEquals([names(), bag.size], ["", 0]);
});
