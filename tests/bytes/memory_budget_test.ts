import { assertEquals } from "@std/assert";
import { type Holder, MemoryBudget } from "../../src/bytes/memory_budget.ts";

/** A client that releases its bytes on demand, or later. */
class Client implements Holder {
  evictions = 0;
  readonly #onEvicted: (client: Client) => void;

  constructor(onEvicted: (client: Client) => void = () => {}) {
    this.#onEvicted = onEvicted;
  }

  onEvicted(): void {
    this.evictions++;
    this.#onEvicted(this);
  }
}

Deno.test("MemoryBudget counts held bytes, and is full at its bound", () => {
  const budget = new MemoryBudget(100);
  const client = new Client();
  budget.hold(40);
  budget.holdFor(client, 59);
  assertEquals({ heldBytes: budget.heldBytes, isFull: budget.isFull }, { heldBytes: 99, isFull: false });
  budget.holdFor(client, 1);
  assertEquals(budget.isFull, true);
  budget.holdFor(client, -10);
  budget.free(40);
  assertEquals({ heldBytes: budget.heldBytes, isFull: budget.isFull }, { heldBytes: 50, isFull: false });
  budget.release(client);
  budget.release(client);
  assertEquals(budget.heldBytes, 0);
});

Deno.test("MemoryBudget.whenRoom() calls back once there is room, each once, in order", () => {
  const budget = new MemoryBudget(100);
  const called: number[] = [];
  budget.hold(150);
  budget.whenRoom(() => called.push(1));
  budget.whenRoom(() => called.push(2));
  budget.free(50);
  assertEquals(called, []);
  budget.free(1);
  assertEquals(called, [1, 2]);
  budget.free(99);
  assertEquals(called, [1, 2]);
});

Deno.test("MemoryBudget evicts the clients that have held bytes longest when unfinished clients fill it, and no more than needed", () => {
  const budget = new MemoryBudget(100);
  const clients = Array.from({ length: 4 }, () => new Client());
  for (const client of clients) budget.holdFor(client, 30);
  let calls = 0;
  budget.whenRoom(() => calls++);
  assertEquals(clients.map(({ evictions }) => evictions), [1, 0, 0, 0]);
  // Another waiting client does not cost a second eviction: the first evicted one is about to go.
  budget.whenRoom(() => calls++);
  assertEquals([clients.map(({ evictions }) => evictions), calls], [[1, 0, 0, 0], 0]);
  budget.release(clients[0]!);
  assertEquals([calls, budget.heldBytes], [2, 90]);
});

Deno.test("MemoryBudget evicts no client while the bytes belong to a log, or to clients that have finished", () => {
  const budget = new MemoryBudget(100);
  const [finished, unfinished] = [new Client(), new Client()];
  budget.holdFor(finished, 60);
  budget.finish(finished);
  budget.holdFor(unfinished, 45);
  let hasRoom = false;
  budget.whenRoom(() => hasRoom = true);
  assertEquals(
    { finishedEvictions: finished.evictions, unfinishedEvictions: unfinished.evictions, hasRoom },
    { finishedEvictions: 0, unfinishedEvictions: 0, hasRoom: false },
  );
  budget.release(finished);
  assertEquals({ evictions: unfinished.evictions, hasRoom, heldBytes: budget.heldBytes }, {
    evictions: 0,
    hasRoom: true,
    heldBytes: 45,
  });
});

Deno.test("MemoryBudget survives a client that releases while it is evicted, and one that does not release", () => {
  const budget = new MemoryBudget(100);
  const clients = Array.from({ length: 4 }, () => new Client((client) => budget.release(client)));
  for (const client of clients) budget.holdFor(client, 30);
  let calls = 0;
  budget.whenRoom(() => calls++);
  assertEquals([clients.map(({ evictions }) => evictions), calls, budget.heldBytes], [[1, 0, 0, 0], 1, 90]);
  const stubborn = new Client();
  const other = new MemoryBudget(100);
  other.holdFor(stubborn, 100);
  other.whenRoom(() => {});
  other.holdFor(stubborn, 10);
  assertEquals([stubborn.evictions, other.heldBytes], [1, 110]);
  other.release(stubborn);
  assertEquals(other.heldBytes, 0);
});

Deno.test("MemoryBudget counts the bytes that a client holds after it has finished, until it lets go", () => {
  const budget = new MemoryBudget(100);
  const client = new Client();
  budget.holdFor(client, 20);
  budget.finish(client);
  budget.holdFor(client, 5);
  const held = budget.heldBytes;
  budget.release(client);
  assertEquals([held, budget.heldBytes], [25, 0]);
});

Deno.test("MemoryBudget is plentiful while less than half of it is held", () => {
  const budget = new MemoryBudget(100);
  budget.hold(49);
  assertEquals(budget.isPlentiful, true, "49 of 100 held");
  budget.hold(1);
  assertEquals(budget.isPlentiful, false, "50 of 100 held");
  budget.free(1);
  assertEquals(budget.isPlentiful, true, "49 of 100 held again");
});

Deno.test("MemoryBudget.holdUnread() counts a large array once, and a part of the budget at most", () => {
  const budget = new MemoryBudget(1_000_000);
  const array = new Uint8Array(100_000);
  const some = budget.holdUnread(array.subarray(0, 20_000));
  const others = budget.holdUnread(array.subarray(0, 30_000));
  assertEquals(budget.heldBytes, 100_000);
  budget.freeUnread(some);
  assertEquals(budget.heldBytes, 100_000);
  budget.freeUnread(others);
  assertEquals(budget.heldBytes, 0);
  const large = budget.holdUnread(new Uint8Array(900_000));
  assertEquals(budget.heldBytes, 125_000);
  budget.freeUnread(large);
  assertEquals(budget.heldBytes, 0);
});

Deno.test("MemoryBudget.whenUnreadTaken() calls back once unread responses no longer fill it, whatever else does", () => {
  const budget = new MemoryBudget(100);
  let calls = 0;
  budget.hold(80);
  const some = budget.holdUnread(new Uint8Array(20));
  assertEquals(budget.isFullOfUnread, false, "a fifth is unread");
  const others = budget.holdUnread(new Uint8Array(10));
  assertEquals(budget.isFullOfUnread, true, "three tenths are unread");
  budget.whenUnreadTaken(() => calls++);
  budget.free(1);
  assertEquals(calls, 0);
  budget.freeUnread(others);
  assertEquals([calls, budget.isFull], [1, false]);
  budget.freeUnread(some);
  assertEquals([calls, budget.heldBytes], [1, 79]);
});
