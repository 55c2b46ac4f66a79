import { assertEquals } from "@std/assert";
import { ListTotal } from "../../../../src/servers/trap/page/client/list/list_total.js";
import { settle } from "../../../support/deadline.ts";

/** A number, the trap's counts, and the calls. */
function createStage(counts: Map<string, number>): {
  readonly total: ListTotal;
  readonly asked: string[];
  readonly rest: () => Promise<void>;
} {
  const asked: string[] = [];
  let wake = (): void => {};
  const total = new ListTotal({
    count: (bin) => {
      asked.push(bin);
      const count = counts.get(bin);
      return count === undefined ? Promise.reject(new Error("The trap said 500.")) : Promise.resolve(count);
    },
    onChange: () => {},
    wait: () => new Promise((resolve) => wake = resolve),
  });
  const rest = async (): Promise<void> => {
    wake();
    await settle();
  };
  return { total, asked, rest };
}

Deno.test("ListTotal asks once for many changes, and again after a rest", async () => {
  const counts = new Map([["", 1_000]]);
  const { total, asked, rest } = createStage(counts);
  for (let i = 0; i < 5; i++) total.refresh("");
  await settle();
  assertEquals([total.value, asked.length], [1_000, 1]);
  counts.set("", 1_005);
  await rest();
  assertEquals([total.value, asked.length], [1_005, 2]);
  await rest();
  assertEquals(asked.length, 2);
  total.refresh("");
  await settle();
  assertEquals(asked.length, 3);
});

Deno.test("ListTotal forgets the number of another bin, and the number of a trap that does not respond is unknown", async () => {
  const { total, rest } = createStage(new Map([["", 9], ["b", 4]]));
  total.refresh("");
  await settle();
  total.refresh("b");
  assertEquals(total.value, undefined);
  await rest();
  assertEquals(total.value, 4);
  total.refresh("gone");
  await rest();
  assertEquals(total.value, undefined);
});
