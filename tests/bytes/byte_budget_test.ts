import { assertEquals } from "@std/assert";
import { ByteBudget } from "../../src/bytes/byte_budget.ts";

Deno.test("ByteBudget.take() gives no more than there is, and takes bytes back", () => {
  const budget = new ByteBudget(100);
  assertEquals({
    take60: budget.take(60),
    take41: budget.take(41),
    take40: budget.take(40),
    take1: budget.take(1),
  }, { take60: true, take41: false, take40: true, take1: false });
  assertEquals({ giveBack50: budget.take(-50), take50: budget.take(50), take1: budget.take(1) }, {
    giveBack50: true,
    take50: true,
    take1: false,
  });
});
