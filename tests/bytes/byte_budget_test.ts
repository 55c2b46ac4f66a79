import { assertEquals } from "@std/assert";
import { ByteBudget } from "../../src/bytes/byte_budget.ts";

Deno.test("ByteBudget.take() gives no more than there is, and takes back", () => {
  const budget = new ByteBudget(100);
  assertEquals([budget.take(60), budget.take(41), budget.take(40), budget.take(1)], [
    true,
    false,
    true,
    false,
  ]);
  assertEquals([budget.take(-50), budget.take(50), budget.take(1)], [true, true, false]);
});
