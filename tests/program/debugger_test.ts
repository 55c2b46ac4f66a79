import { assertEquals } from "@std/assert";
import { closeDebugger } from "../../src/program/debugger.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("closeDebugger() closes a debugger that opens later", async () => {
  const clock = new FakeClock();
  const inspector = { isOpen: false, close: (): void => void (inspector.isOpen = false) };
  closeDebugger(inspector, clock);
  await clock.advance(10);
  inspector.isOpen = true;
  await clock.advance(2);
  assertEquals(inspector.isOpen, false);
});

Deno.test("closeDebugger() stops after half a second", async () => {
  const clock = new FakeClock();
  let closings = 0;
  closeDebugger({ close: () => void closings++ }, clock);
  for (let i = 0; i < 300; i++) await clock.advance(2);
  assertEquals({ closings, timers: clock.timerCount }, { closings: 250, timers: 0 });
});

Deno.test("closeDebugger() gives up when the runtime refuses", async () => {
  const clock = new FakeClock();
  let attempts = 0;
  const refuse = (): never => {
    attempts++;
    throw new Error("Requires sys access");
  };
  closeDebugger({ close: refuse }, clock);
  await clock.advance(1_000);
  assertEquals({ attempts, timers: clock.timerCount }, { attempts: 1, timers: 0 });
});
