import { assertEquals } from "@std/assert";
import { socketsLookedAt } from "../../../../src/base/event_loop.ts";
import { within } from "../../../support/deadline.ts";
import { WorkTurns } from "../../../../src/servers/metrics/conversation/work_turns.ts";

const PIECE_BYTES = 256 * 1_024;

Deno.test("WorkTurns lets every client with little work go on", async () => {
  const turns = new WorkTurns();
  for (let count = 0; count < 1_000; count++) {
    assertEquals(turns.take("small"), undefined);
    turns.spend("small", 100);
  }
  await socketsLookedAt();
});

Deno.test("WorkTurns lets clients with much work go on in order, one piece between two looks at the sockets", async () => {
  const turns = new WorkTurns();
  const pieces: string[] = [];
  let isDone = false;
  let looks = 0;
  const work = async (name: string): Promise<void> => {
    for (let piece = 0; piece < 4; piece++) {
      const turn = turns.take("large");
      if (turn !== undefined) await turn;
      pieces.push(`${name}${looks}`);
      turns.spend("large", PIECE_BYTES);
    }
  };
  const watch = async (): Promise<void> => {
    while (!isDone) {
      await socketsLookedAt();
      looks++;
    }
  };
  const watching = watch();
  await Promise.all([work("a"), work("b"), work("c")]);
  isDone = true;
  await watching;
  const names = pieces.map((piece) => piece[0]).join("");
  // The first client waits for its second piece before any other has asked.
  assertEquals(names, "aabcabcabcbc");
  const perLook = new Map<string, number>();
  for (const piece of pieces) perLook.set(piece.slice(1), (perLook.get(piece.slice(1)) ?? 0) + 1);
  assertEquals(Math.max(...perLook.values()), 1);
});

Deno.test("WorkTurns lets the small pieces of many waiting clients share one look at the sockets", async () => {
  const turns = new WorkTurns();
  turns.spend("small", 2 * PIECE_BYTES);
  let waiting = 16;
  const work = async (): Promise<void> => {
    await turns.take("small");
    turns.spend("small", 1_024);
    waiting--;
  };
  const all = Promise.all(Array.from({ length: waiting }, work));
  await socketsLookedAt();
  assertEquals(waiting, 0);
  await all;
});

Deno.test("WorkTurns lets the next client go on after one that had a turn and did nothing", async () => {
  const turns = new WorkTurns();
  turns.spend("large", 2 * PIECE_BYTES);
  const first = turns.take("large");
  const second = turns.take("large");
  await first;
  await second;
  await socketsLookedAt();
  assertEquals(turns.take("large"), undefined);
});

Deno.test("WorkTurns lets a small piece go before all large ones, and at once", async () => {
  const turns = new WorkTurns();
  const done: string[] = [];
  const work = async (name: string): Promise<void> => {
    const turn = turns.take("large");
    if (turn !== undefined) await turn;
    done.push(name);
    turns.spend("large", PIECE_BYTES);
  };
  const all = Promise.all([work("a"), work("b"), work("c")]);
  assertEquals(turns.take("small"), undefined);
  turns.spend("small", 2 * PIECE_BYTES);
  const waiting = turns.take("small")!.then(() => {
    done.push("small");
    turns.spend("small", 100);
  });
  await all;
  await waiting;
  assertEquals(done, ["a", "small", "b", "c"]);
});

Deno.test("WorkTurns does a large piece between two looks at the sockets even if there are always small ones", async () => {
  const turns = new WorkTurns();
  let isDone = false;
  const flood = async (): Promise<void> => {
    while (!isDone) {
      await turns.take("small");
      turns.spend("small", PIECE_BYTES);
    }
  };
  const floods = [flood(), flood(), flood()];
  for (let piece = 0; piece < 3; piece++) {
    await within(Promise.resolve(turns.take("large")), "a large piece");
    turns.spend("large", PIECE_BYTES);
  }
  isDone = true;
  await Promise.all(floods);
});
