import { assertEquals, assertRejects } from "@std/assert";
import { BufferPool } from "../../../src/bytes/buffer_pool.ts";
import { type BytesSender, ResponseWriter } from "../../../src/http/response/response_writer.ts";
import { textOf } from "../../support/latin1.ts";

/** A sink whose writes settle when the test says so. */
class SlowSink {
  readonly writes: string[] = [];
  readonly #senders: BytesSender[] = [];

  transmit(bytes: Uint8Array, sender: BytesSender): void {
    this.writes.push(textOf(bytes));
    this.#senders.push(sender);
  }

  take(): void {
    for (const sender of this.#senders.splice(0)) sender.onSent();
  }

  fail(): void {
    for (const sender of this.#senders.splice(0)) sender.onSendFailed(new Error("gone"));
  }
}

function make(): { sink: SlowSink; pool: BufferPool; writer: ResponseWriter } {
  const sink = new SlowSink();
  const pool = new BufferPool();
  return { sink, pool, writer: new ResponseWriter(sink, pool) };
}

Deno.test("ResponseWriter joins what is added into one write, over the sizes of its buffers", async () => {
  const { sink, writer } = make();
  assertEquals({ isPending: writer.isPending, backlog: writer.backlog }, {
    isPending: false,
    backlog: undefined,
  });
  let expected = "";
  for (let size = 1; expected.length < 40_000; size += 97) {
    writer.addText("a".repeat(size));
    writer.addBytes(new Uint8Array(size).fill(0x62));
    expected += "a".repeat(size) + "b".repeat(size);
  }
  assertEquals({ isPending: writer.isPending, writeCount: sink.writes.length }, {
    isPending: true,
    writeCount: 0,
  });
  const flushed = writer.flush();
  sink.take();
  await flushed;
  assertEquals(sink.writes, [expected]);
  assertEquals(
    { isPending: writer.isPending, flushed: await writer.flush(), writeCount: sink.writes.length },
    { isPending: false, flushed: undefined, writeCount: 1 },
  );
});

Deno.test("ResponseWriter sends many bytes at once, after the waiting bytes, without copying them", async () => {
  const { sink, writer } = make();
  writer.addText("head");
  writer.addBytes(new Uint8Array(20_000).fill(0x62));
  writer.addText("tail");
  assertEquals(sink.writes.map((write) => write.length), [4, 20_000]);
  assertEquals(writer.backlog instanceof Promise, true);
  const flushed = writer.flush();
  assertEquals(sink.writes.at(-1), "tail");
  sink.take();
  await flushed;
  assertEquals({ backlog: writer.backlog, isPending: writer.isPending }, {
    backlog: undefined,
    isPending: false,
  });
});

Deno.test("ResponseWriter sends the waiting bytes when no more fit, and keeps the order", async () => {
  const { sink, writer } = make();
  const pieces = Array.from({ length: 20 }, (_, index) => String.fromCharCode(0x61 + index).repeat(10_000));
  for (const piece of pieces) writer.addText(piece);
  const flushed = writer.flush();
  sink.take();
  await flushed;
  assertEquals(sink.writes.join("") === pieces.join(""), true);
  assertEquals(sink.writes.every((write) => write.length <= 65_536), true);
});

Deno.test("ResponseWriter.flush() rejects when the sink failed, also for bytes sent before", async () => {
  const { sink, writer } = make();
  writer.addBytes(new Uint8Array(20_000));
  sink.fail();
  await assertRejects(() => writer.flush(), Error, "gone");
  await assertRejects(() => writer.flush(), Error, "gone");
});

Deno.test("ResponseWriter gives a buffer back when the sink has taken it, and not before", async () => {
  const { sink, pool, writer } = make();
  const buffer = pool.take(10);
  pool.give(buffer);
  writer.addText("a");
  const flushed = writer.flush();
  const other = pool.take(10);
  assertEquals(other === buffer, false);
  sink.take();
  await flushed;
  assertEquals(pool.take(10) === buffer, true);
});

Deno.test("ResponseWriter.flushEagerly() sends without waiting, but never two writes", async () => {
  const { sink, writer } = make();
  assertEquals(writer.flushEagerly(), undefined);
  writer.addText("a");
  assertEquals(writer.flushEagerly(), undefined);
  writer.addText("b");
  const second = writer.flushEagerly();
  assertEquals({ isWaiting: second instanceof Promise, writes: sink.writes }, {
    isWaiting: true,
    writes: ["a", "b"],
  });
  sink.take();
  await second;
  writer.addText("c");
  assertEquals(writer.flushEagerly(), undefined);
  sink.take();
});

Deno.test("ResponseWriter.flushEagerly() reports its failure at the next flush", async () => {
  const { sink, writer } = make();
  writer.addText("a");
  assertEquals(writer.flushEagerly(), undefined);
  sink.fail();
  for (let turn = 0; turn < 5; turn++) await null;
  writer.addText("b");
  await assertRejects(() => writer.flushEagerly() ?? Promise.resolve(), Error, "gone");
  await assertRejects(() => writer.flush(), Error, "gone");
});
