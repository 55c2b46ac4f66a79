import { assertEquals, assertRejects } from "@std/assert";
import { LineBuffer, type LineBufferOptions } from "../../src/log/line_buffer.ts";
import { type LineTarget, LogWriteError } from "../../src/log/line_target.ts";
import { settle } from "../support/deadline.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A target that collects its lines, and fails or stalls when told to. */
class FakeTarget implements LineTarget {
  readonly writes: string[] = [];
  failure: Error | undefined;
  stall: Promise<void> | undefined;
  /** The number of characters that are taken before the failure. */
  takes = 0;
  reopened = 0;
  closed = 0;
  onWrite: () => void = () => {};

  async append(lines: string): Promise<void> {
    await this.stall;
    const { failure } = this;
    if (failure !== undefined) {
      const taken = Math.min(this.takes, lines.length);
      if (taken > 0) this.writes.push(lines.slice(0, taken));
      throw new LogWriteError(failure, lines.slice(taken));
    }
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

Deno.test("LineBuffer.write() writes after flushAfterMs, and leaves no timer", async () => {
  const { buffer, target } = openBuffer({ flushAfterMs: 1 });
  const written = new Promise<void>((resolve) => target.onWrite = resolve);
  buffer.write("a\n");
  await written;
  assertEquals(target.writes, ["a\n"]);
});

Deno.test("LineBuffer.write() does not wait once enough characters are collected", async () => {
  const { buffer, target } = openBuffer({ flushAtLength: 4 });
  const written = new Promise<void>((resolve) => target.onWrite = resolve);
  buffer.write("a\n");
  buffer.write("b\n");
  await written;
  assertEquals(target.writes, ["a\nb\n"]);
});

Deno.test("LineBuffer.flush() also writes records that came during another write", async () => {
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

Deno.test("LineBuffer drops records beyond maxLength while the disk stalls, and notes their number in their place", async () => {
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

Deno.test("LineBuffer reports a failing disk once, goes on when it works again, and then says how much was lost", async () => {
  const errors: unknown[] = [];
  const { buffer, target } = openBuffer({ onError: (error) => errors.push(error) });
  const full = target.failure = new Error("no space left");
  for (const record of ["a\n", "b\n"]) {
    buffer.write(record);
    await buffer.flush();
  }
  buffer.write("c\n");
  await buffer.flush();
  assertEquals(errors.length, 1);
  target.failure = undefined;
  buffer.write("d\n");
  await buffer.flush();
  // "a" was lost, and then "b" and "c" together with the line about "a".
  assertEquals(target.writes, ["dropped 3\nd\n"]);
  target.failure = full;
  buffer.write("e\n");
  await buffer.flush();
  assertEquals(errors.map((error) => (error as Error).cause), [full, full]);
  assertEquals(buffer.droppedRecords, 4);
});

Deno.test("LineBuffer counts the records that a full disk took only in part, and no others", async () => {
  const rows: [records: string[], takes: number, lost: number][] = [
    [["aa\n", "bb\n", "cc\n"], 0, 3],
    [["aa\n", "bb\n", "cc\n"], 3, 2],
    [["aa\n", "bb\n", "cc\n"], 4, 2],
    // Only the line feed is missing, and the next write begins with one.
    [["aa\n", "bb\n", "cc\n"], 5, 1],
    [["aa\n| x\n| y\n", "bb\n"], 3, 2],
    [["aa\n| x\n| y\n", "bb\n"], 5, 2],
    [["aa\n| x\n| y\n", "bb\n"], 11, 1],
  ];
  for (const [records, takes, lost] of rows) {
    const { buffer, target } = openBuffer();
    target.failure = new Error("no space left");
    target.takes = takes;
    for (const record of records) buffer.write(record);
    await buffer.flush();
    assertEquals(buffer.droppedRecords, lost, `${records} after ${takes}`);
    target.failure = undefined;
    buffer.write("next\n");
    await buffer.flush();
    assertEquals(target.writes.at(-1), `dropped ${lost}\nnext\n`);
  }
});

Deno.test("LineBuffer counts lost records once, also when the line about them is lost too", async () => {
  const { buffer, target } = openBuffer();
  target.failure = new Error("no space left");
  for (const record of ["a\n", "b\n", "c\n"]) {
    buffer.write(record);
    await buffer.flush();
  }
  assertEquals(buffer.droppedRecords, 3);
  target.failure = undefined;
  await buffer.flush();
  assertEquals(target.writes, ["dropped 3\n"]);
});

Deno.test("LineBuffer drops records when the target takes nothing for a second, and goes on when it takes again", async () => {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const { buffer, target } = openBuffer({ clock, onError: (error) => errors.push(error) });
  const stall = Promise.withResolvers<void>();
  target.stall = stall.promise;
  buffer.write("a\n");
  const flushed = buffer.flush();
  buffer.write("b\n");
  buffer.write("c\n");
  await clock.advance(1_000);
  await flushed;
  assertEquals([buffer.droppedRecords, errors.length], [2, 1]);
  buffer.write("d\n");
  // Nobody waits for it any longer.
  await buffer.flush();
  stall.resolve();
  await settle();
  buffer.write("e\n");
  await buffer.flush();
  assertEquals(target.writes, ["a\n", "dropped 3\ne\n"]);
  await buffer.close();
  assertEquals([target.closed, clock.timerCount], [1, 0]);
});

Deno.test("LineBuffer.close() does not wait for a target that takes nothing", async () => {
  const clock = new FakeClock();
  const { buffer, target } = openBuffer({ clock });
  target.stall = new Promise(() => {});
  buffer.write("a\n");
  const closed = buffer.close();
  await clock.advance(1_000);
  await closed;
  assertEquals([target.closed, clock.timerCount], [0, 0]);
});

Deno.test("LineBuffer holds unwritten records, so that a slow log loses nothing", async () => {
  let held = 0;
  const counter = {
    hold: (bytes: number) => void (held += bytes),
    free: (bytes: number) => void (held -= bytes),
  };
  const { buffer, target } = openBuffer({ held: counter, flushAtLength: 8 });
  const stall = Promise.withResolvers<void>();
  target.stall = stall.promise;
  for (let i = 0; i < 10; i++) buffer.write("aaaa\n");
  assertEquals(held, 50);
  stall.resolve();
  await buffer.flush();
  assertEquals([held, buffer.droppedRecords], [0, 0]);
  target.failure = new Error("no space left");
  buffer.write("b\n");
  await buffer.flush();
  assertEquals(held, 0);
  target.failure = undefined;
  await buffer.flush();
  assertEquals(held, 0);
});

Deno.test("LineBuffer.reopen() splits no write between both files", async () => {
  const { buffer, target } = openBuffer({ flushAtLength: 1 });
  const opening = Promise.withResolvers<void>();
  target.reopen = () => {
    target.writes.push("reopen begins");
    return opening.promise.then(() => void target.writes.push("reopened"));
  };
  buffer.write("a\n");
  const reopened = buffer.reopen();
  await settle();
  buffer.write("b\n");
  await settle();
  opening.resolve();
  await reopened;
  await buffer.flush();
  assertEquals(target.writes, ["a\n", "reopen begins", "reopened", "b\n"]);
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

Deno.test("LineBuffer.reopen() writes the unwritten records to the old file first, and rejects when the new one cannot be opened", async () => {
  const { buffer, target } = openBuffer();
  buffer.write("a\n");
  await buffer.reopen();
  assertEquals([target.writes, target.reopened], [["a\n"], 1]);
  target.failure = new Error("gone");
  await assertRejects(() => buffer.reopen(), Error, "gone");
});

Deno.test("LineBuffer.whenRoom() lets the next large record be made when the one before is written", async () => {
  const { buffer, target } = openBuffer({ flushAtLength: 4 });
  const { promise, resolve } = Promise.withResolvers<void>();
  target.stall = promise;
  const made: number[] = [];
  const records = [1, 2, 3].map(async (number) => {
    await buffer.whenRoom();
    made.push(number);
    buffer.write(`${number}234\n`);
  });
  await records[0];
  await settle();
  assertEquals(made, [1]);
  resolve();
  await Promise.all(records);
  await buffer.flush();
  assertEquals(target.writes, ["1234\n", "2234\n", "3234\n"]);
});

Deno.test("LineBuffer.whenRoom() waits no longer once the target takes nothing", async () => {
  const clock = new FakeClock();
  const { buffer, target } = openBuffer({ flushAtLength: 4, clock });
  const { promise, resolve } = Promise.withResolvers<void>();
  target.stall = promise;
  buffer.write("1234\n");
  const room = buffer.whenRoom();
  await settle();
  await clock.advance(1_000);
  await room;
  resolve();
  await buffer.close();
});
