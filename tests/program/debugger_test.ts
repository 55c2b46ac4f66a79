import { assertEquals } from "@std/assert";
import { closeDebugger } from "../../src/program/debugger.ts";
import { FakeClock } from "../support/fake_clock.ts";

class FakeInspector {
  isOpen = false;
  looks = 0;

  url(): string | undefined {
    this.looks++;
    return this.isOpen ? "ws://127.0.0.1:9229/" : undefined;
  }

  close(): void {
    this.isOpen = false;
  }
}

Deno.test("closeDebugger() closes a debugger that opens later, and looks no longer then", async () => {
  const clock = new FakeClock();
  const inspector = new FakeInspector();
  closeDebugger(inspector, clock);
  await clock.advance(10);
  inspector.isOpen = true;
  await clock.advance(2);
  const { isOpen, looks } = inspector;
  await clock.advance(1_000);
  assertEquals({ isOpen, looksLater: inspector.looks - looks }, { isOpen: false, looksLater: 0 });
});

Deno.test("closeDebugger() stops looking after a second", async () => {
  const clock = new FakeClock();
  const inspector = new FakeInspector();
  closeDebugger(inspector, clock);
  for (let i = 0; i < 600; i++) await clock.advance(2);
  assertEquals(inspector.looks, 500);
});

Deno.test("closeDebugger() gives up when the runtime refuses", async () => {
  const clock = new FakeClock();
  let looks = 0;
  const refuse = (): never => {
    looks++;
    throw new Error("Requires sys access");
  };
  closeDebugger({ url: refuse, close: refuse }, clock);
  await clock.advance(1_000);
  assertEquals({ looks, timers: clock.timerCount }, { looks: 1, timers: 0 });
});
