import { assertEquals } from "@std/assert";
import { socketsLookedAt } from "../../../../src/base/event_loop.ts";
import { WorkTurns } from "../../../../src/servers/metrics/conversation/work_turns.ts";

const PIECE_BYTES = 256 * 1_024;

Deno.test("WorkTurns lets everybody go on who wants little", async () => {
  const turns = new WorkTurns();
  for (let count = 0; count < 1_000; count++) {
    assertEquals(turns.take(), undefined);
    turns.spend(100);
  }
  await socketsLookedAt();
});

Deno.test("WorkTurns lets those who want much go on in order, two pieces between two looks at the sockets", async () => {
  const turns = new WorkTurns();
  const pieces: string[] = [];
  let isDone = false;
  let looks = 0;
  const work = async (name: string): Promise<void> => {
    for (let piece = 0; piece < 4; piece++) {
      const turn = turns.take();
      if (turn !== undefined) await turn;
      pieces.push(`${name}${looks}`);
      turns.spend(PIECE_BYTES);
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
  // Who comes first may do two pieces before anybody else has said that he wants something.
  assertEquals(names.slice(2), "abcabcbcbc");
  const perLook = new Map<string, number>();
  for (const piece of pieces) perLook.set(piece.slice(1), (perLook.get(piece.slice(1)) ?? 0) + 1);
  assertEquals(Math.max(...perLook.values()) <= 2, true);
});

Deno.test("WorkTurns lets small pieces of many who wait share one look at the sockets", async () => {
  const turns = new WorkTurns();
  turns.spend(2 * PIECE_BYTES);
  let waiting = 16;
  const work = async (): Promise<void> => {
    await turns.take();
    turns.spend(1_024);
    waiting--;
  };
  const all = Promise.all(Array.from({ length: waiting }, work));
  await socketsLookedAt();
  assertEquals(waiting, 0);
  await all;
});

Deno.test("WorkTurns lets the next one go on after one who had a turn and did nothing", async () => {
  const turns = new WorkTurns();
  turns.spend(2 * PIECE_BYTES);
  const first = turns.take();
  const second = turns.take();
  await first;
  await second;
  await socketsLookedAt();
  assertEquals(turns.take(), undefined);
});
