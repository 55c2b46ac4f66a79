import { assertEquals } from "@std/assert";
import { ThrottledNotice } from "../../src/base/throttled_notice.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("ThrottledNotice.count() is due at once, then once a minute with all that came meanwhile", async () => {
  const clock = new FakeClock();
  const notice = new ThrottledNotice(clock);
  assertEquals([notice.count(), notice.count(), notice.count()], [1, 0, 0]);
  await clock.advance(59_999);
  assertEquals(notice.count(), 0);
  await clock.advance(1);
  assertEquals([notice.count(), notice.count()], [4, 0]);
});

Deno.test("ThrottledNotice.finish() gives the count that no notice has reported", () => {
  const notice = new ThrottledNotice(new FakeClock());
  for (let i = 0; i < 3; i++) notice.count();
  assertEquals([notice.finish(), notice.finish()], [2, 0]);
});
