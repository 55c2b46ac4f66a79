import { assertEquals } from "@std/assert";
import { WaitingLine } from "../../src/bytes/waiting_line.ts";

Deno.test("WaitingLine.wake() calls back in order for as long as the condition holds, each once", () => {
  let room = 0;
  const called: string[] = [];
  const line = new WaitingLine(() => room > 0);
  const wait = (name: string): void =>
    line.add(() => {
      called.push(name);
      room--;
    });
  for (const name of ["a", "b", "c"]) wait(name);
  line.wake();
  assertEquals(called, []);
  room = 2;
  line.wake();
  assertEquals(called, ["a", "b"]);
  wait("d");
  room = 5;
  line.wake();
  line.wake();
  assertEquals(called, ["a", "b", "c", "d"]);
});

Deno.test("WaitingLine.wake() puts a callback that waits once more after all others", () => {
  let calls = 0;
  const called: string[] = [];
  const line = new WaitingLine(() => calls < 2);
  const again = (): void => {
    called.push("again");
    if (++calls < 2) line.add(again);
  };
  line.add(again);
  line.add(() => {
    calls++;
    called.push("other");
  });
  line.wake();
  assertEquals(called, ["again", "other"]);
  calls = 1;
  line.wake();
  assertEquals(called, ["again", "other", "again"]);
});
