import { assert, assertEquals } from "@std/assert";
import { FairQueue } from "../../../src/serving/turns/fair_queue.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

Deno.test("FairQueue.take() goes on at once if no other caller waits", async () => {
  const turns = new FairQueue();
  for (let round = 0; round < 3; round++) {
    let hasGoneOn = false;
    turns.take(() => hasGoneOn = true);
    assert(hasGoneOn);
    await nextTurn();
    await nextTurn();
  }
});

Deno.test("FairQueue.take() lets the others go on in their order, one in a turn of the event loop", async () => {
  const turns = new FairQueue();
  const order: string[] = [];
  for (const name of ["a", "b", "c"]) turns.take(() => order.push(name));
  assertEquals(order, ["a"]);
  const seen: number[] = [];
  while (order.length < 3) {
    await nextTurn();
    seen.push(order.length);
  }
  assertEquals([order, new Set(seen)], [["a", "b", "c"], new Set([2, 3])]);
});

Deno.test("FairQueue.take() puts a client that takes another turn after all that wait", async () => {
  const turns = new FairQueue();
  const order: string[] = [];
  const goOn = (name: string, left: number): void => {
    order.push(name);
    if (left > 1) turns.take(() => goOn(name, left - 1));
  };
  turns.take(() => {});
  turns.take(() => goOn("a", 3));
  turns.take(() => goOn("b", 3));
  while (order.length < 6) await nextTurn();
  assertEquals(order.join(""), "ababab");
});

Deno.test("FairQueue.take() lets each of many go on once", async () => {
  const turns = new FairQueue();
  const counts = new Array<number>(1_000).fill(0);
  for (const i of counts.keys()) turns.take(() => counts[i]!++);
  while (counts.includes(0)) await nextTurn();
  for (let i = 0; i < 10; i++) await nextTurn();
  assertEquals(new Set(counts), new Set([1]));
});

Deno.test("FairQueue.take() leaves turns empty when many others wait, and still goes on", async () => {
  const countTurns = async (others: number): Promise<number> => {
    const turns = new FairQueue();
    let isOver = false;
    turns.take(() => {}, others);
    turns.take(() => isOver = true, others);
    for (let count = 0;; count++) {
      if (isOver) return count;
      await nextTurn();
    }
  };
  const alone = await countTurns(0);
  assertEquals(await countTurns(63), alone);
  assert(await countTurns(640) >= alone + 5);
  assert(await countTurns(1_000_000) <= alone + 61);
});
