import { tcpAddress } from "../../../src/net/address.ts";
import { assertEquals } from "@std/assert";
import type { AccessEntry, ErrorEntry } from "../../../src/log/entry.ts";
import { forwardLogs, type LogBatch, writeBatch } from "../../../src/servers/static/forwarded_logs.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const ACCESS: AccessEntry = {
  timeMs: 1,
  id: "a",
  client: tcpAddress("127.0.0.1", 1),
  status: 200,
  method: "GET",
  url: "/",
  cookies: [],
  bytes: 1,
  durationMs: 1,
};
const ERROR: ErrorEntry = { level: "warn", timeMs: 1, message: "lost" };

Deno.test("forwardLogs() sends entries in batches, and the rest when it is closed", async () => {
  const clock = new FakeClock();
  const batches: LogBatch[] = [];
  const logs = forwardLogs(
    { access: true, error: true },
    (batch) => batches.push(structuredClone(batch)),
    clock,
  );
  logs.access!.write(ACCESS);
  logs.error!.write(ERROR);
  assertEquals(batches, []);
  await clock.advance(50);
  assertEquals(batches, [{ access: [ACCESS], error: [ERROR] }]);
  await clock.advance(500);
  assertEquals(batches.length, 1);
  for (let i = 0; i < 512; i++) logs.access!.write(ACCESS);
  assertEquals(batches[1]?.access.length, 512);
  logs.error!.write(ERROR);
  logs.flush();
  assertEquals(batches[2], { access: [], error: [ERROR] });
  logs.access!.write(ACCESS);
  logs.close();
  assertEquals([batches[3]?.access.length, clock.timerCount], [1, 0]);
});

Deno.test("forwardLogs() has no logs that are off, and writeBatch() writes into those that are on", () => {
  const clock = new FakeClock();
  const logs = forwardLogs({ access: false, error: false }, () => {}, clock);
  assertEquals([logs.access, logs.error], [undefined, undefined]);
  logs.close();
  const written: unknown[] = [];
  const batch = { access: [ACCESS], error: [ERROR] };
  writeBatch({ access: { write: (entry) => written.push(entry) }, error: undefined }, batch);
  assertEquals(written, [ACCESS]);
});
