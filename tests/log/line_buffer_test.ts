import { assertEquals, assertRejects } from "@std/assert";
import { LineBuffer, type LineBufferOptions } from "../../src/log/line_buffer.ts";
import type { LineTarget } from "../../src/log/line_target.ts";

/** A target that keeps what it gets, and fails or stalls when told to. */
class FakeTarget implements LineTarget {
  readonly writes: string[] = [];
  failure: Error | undefined;
  stall: Promise<void> | undefined;
  reopened = 0;
  closed = 0;
  onWrite: () => void = () => {};

  async append(lines: string): Promise<void> {
    await this.stall;
    this.appendSync(lines);
  }

  appendSync(lines: string): void {
    if (this.failure !== undefined) throw this.failure;
    this.writes.push(lines);
    this.onWrite();
  }

  reopen(): Promise<void> {
    this.reopened++;
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }

  close(): Promise<void> {
    this.closed++;
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }
}

function openBuffer(options: Partial<LineBufferOptions> = {}): { buffer: LineBuffer; target: FakeTarget } {
  const target = new FakeTarget();
  const formatDropped = (count: number): string => `dropped ${count}\n`;
  return { target, buffer: new LineBuffer(target, { flushAfterMs: 60_000, formatDropped, ...options }) };
}

Deno.test("LineBuffer.write() waits, flush() writes all of it at once, in order", async () => {
  const { buffer, target } = openBuffer();
  buffer.write("a\n");
  buffer.write("b\n");
  assertEquals(target.writes, []);
  await buffer.flush();
  assertEquals(target.writes, ["a\nb\n"]);
  await buffer.flush();
  assertEquals(target.writes.length, 1);
});

Deno.test("LineBuffer.write() is followed by a write after flushAfterMs, and no timer is left", async () => {
  const { buffer, target } = openBuffer({ flushAfterMs: 1 });
  const written = new Promise<void>((resolve) => target.onWrite = resolve);
  buffer.write("a\n");
  await written;
  assertEquals(target.writes, ["a\n"]);
});

Deno.test("LineBuffer.write() does not wait once there is enough to write", async () => {
  const { buffer, target } = openBuffer({ flushAtLength: 4 });
  const written = new Promise<void>((resolve) => target.onWrite = resolve);
  buffer.write("a\n");
  buffer.write("b\n");
  await written;
  assertEquals(target.writes, ["a\nb\n"]);
});

Deno.test("LineBuffer.flush() also writes what came while a write was under way", async () => {
  const { buffer, target } = openBuffer();
  const stall = Promise.withResolvers<void>();
  target.stall = stall.promise;
  buffer.write("a\n");
  const first = buffer.flush();
  buffer.write("b\n");
  const second = buffer.flush();
  stall.resolve();
  await Promise.all([first, second]);
  assertEquals(target.writes, ["a\n", "b\n"]);
});

Deno.test("LineBuffer drops what is beyond maxLength while the disk stalls, and says how much, where it is missing", async () => {
  const { buffer, target } = openBuffer({ flushAtLength: 4, maxLength: 8 });
  const stall = Promise.withResolvers<void>();
  target.stall = stall.promise;
  for (const record of ["aaa\n", "bbb\n", "ccc\n", "ddd\n"]) buffer.write(record);
  stall.resolve();
  await buffer.flush();
  buffer.write("eee\n");
  await buffer.flush();
  assertEquals(target.writes, ["aaa\n", "bbb\ndropped 2\n", "eee\n"]);
});

Deno.test("LineBuffer.write() takes a record larger than maxLength when nothing else is unwritten", async () => {
  const { buffer, target } = openBuffer({ maxLength: 2 });
  buffer.write("long\n");
  await buffer.flush();
  assertEquals(target.writes, ["long\n"]);
});

Deno.test("LineBuffer reports a failing disk once, goes on when it works, and then says what was lost", async () => {
  const errors: unknown[] = [];
  const { buffer, target } = openBuffer({ onError: (error) => errors.push(error) });
  const full = target.failure = new Error("no space left");
  for (const record of ["a\n", "b\n"]) {
    buffer.write(record);
    await buffer.flush();
  }
  buffer.write("c\n");
  buffer.flushSync();
  assertEquals(errors, [full]);
  target.failure = undefined;
  buffer.write("d\n");
  await buffer.flush();
  // "a" was lost, and "b" and "c" with the line about it.
  assertEquals(target.writes, ["dropped 3\nd\n"]);
  target.failure = full;
  buffer.write("e\n");
  await buffer.flush();
  assertEquals(errors, [full, full]);
});

Deno.test("LineBuffer.flushSync() writes before it returns, and leaves no timer", () => {
  const { buffer, target } = openBuffer();
  buffer.flushSync();
  buffer.write("a\n");
  buffer.flushSync();
  assertEquals(target.writes, ["a\n"]);
});

Deno.test("LineBuffer.close() loses nothing, closes the target once, and takes no more", async () => {
  const { buffer, target } = openBuffer();
  const stall = Promise.withResolvers<void>();
  target.stall = stall.promise;
  buffer.write("a\n");
  const flushed = buffer.flush();
  buffer.write("b\n");
  const closed = buffer.close();
  buffer.write("late\n");
  stall.resolve();
  await Promise.all([flushed, closed, buffer.close()]);
  assertEquals(target.writes, ["a\n", "b\n"]);
  assertEquals(target.closed, 1);
});

Deno.test("LineBuffer.close() reports a target that cannot be closed, and does not reject", async () => {
  const errors: unknown[] = [];
  const { buffer, target } = openBuffer({ onError: (error) => errors.push(error) });
  target.failure = new Error("gone");
  await buffer.close();
  assertEquals(errors, [target.failure]);
});

Deno.test("LineBuffer.reopen() writes what is unwritten to the old file first, and rejects when there is no new one", async () => {
  const { buffer, target } = openBuffer();
  buffer.write("a\n");
  await buffer.reopen();
  assertEquals([target.writes, target.reopened], [["a\n"], 1]);
  target.failure = new Error("gone");
  await assertRejects(() => buffer.reopen(), Error, "gone");
});
