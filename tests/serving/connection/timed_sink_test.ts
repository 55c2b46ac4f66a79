import { assertEquals } from "@std/assert";
import { createBackend } from "../../../src/backend/handler.ts";
import { DEFAULT_SETTINGS } from "../../../src/serving/serve_options.ts";
import { createSharedResources } from "../../../src/serving/shared_resources.ts";
import { TimedSink } from "../../../src/serving/connection/timed_sink.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeConnection } from "../../support/fake_connection.ts";
import { echoTarget } from "../../support/fake_server.ts";

const NOBODY = { onSent(): void {}, onSendFailed(): void {} };

function open(): {
  readonly client: FakeConnection;
  readonly sink: TimedSink;
  readonly counters: { sentBytes: number };
} {
  const settings = { ...DEFAULT_SETTINGS, clock: new FakeClock(), writeTimeoutMs: 100 };
  const shared = createSharedResources(createBackend([], echoTarget), settings);
  const client = new FakeConnection();
  return { client, sink: new TimedSink(client, shared), counters: shared.counters };
}

Deno.test("TimedSink has no deadline while no write is pending", () => {
  const { sink, counters } = open();
  assertEquals({ deadlineMs: sink.deadlineMs, isWriting: sink.isWriting }, {
    deadlineMs: Infinity,
    isWriting: false,
  });
  sink.transmit(new Uint8Array(10), NOBODY);
  assertEquals([sink.deadlineMs, counters.sentBytes], [Infinity, 10]);
});

Deno.test("TimedSink is stalled when no byte was taken until its deadline, and extended when some were", async () => {
  const { client, sink } = open();
  client.stall();
  sink.transmit(new Uint8Array(10), NOBODY);
  assertEquals({ deadlineMs: sink.deadlineMs, isWriting: sink.isWriting }, {
    deadlineMs: 100,
    isWriting: true,
  });
  assertEquals(sink.isStalled(99), false);
  await client.take(5);
  assertEquals({ isStalled100: sink.isStalled(100), deadlineMs: sink.deadlineMs }, {
    isStalled100: false,
    deadlineMs: 200,
  });
  assertEquals(sink.isStalled(200), true);
  await client.take();
  assertEquals(
    { isStalled300: sink.isStalled(300), deadlineMs: sink.deadlineMs, isWriting: sink.isWriting },
    { isStalled300: false, deadlineMs: Infinity, isWriting: false },
  );
});

Deno.test("TimedSink.hasHadItsTurn() lets others go on after 64 KiB", () => {
  const { sink } = open();
  assertEquals([65_535, 1, 1, 65_534, 1].map((bytes) => sink.hasHadItsTurn(bytes)), [
    false,
    true,
    false,
    false,
    true,
  ]);
});
