import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { LineBuffer } from "../../src/log/line_buffer.ts";
import {
  createConsoleTarget,
  createFileTarget,
  LogFileError,
  type LogFileHandle,
  LogWriteError,
  openFileTarget,
} from "../../src/log/line_target.ts";

const IGNORE = (): void => {};

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openFileTarget() appends to an existing file, waiting or not", () =>
  withFolder(async (folder) => {
    const path = join(folder, "access.log");
    await Deno.writeTextFile(path, "old\n");
    const target = await openFileTarget(path);
    await target.append("caf\u00e9\n", IGNORE);
    await target.append("c\n", IGNORE);
    await target.close();
    assertEquals(await readFile(path, "utf8"), "old\ncaf\u00e9\nc\n");
  }));

Deno.test("openFileTarget() rejects with the path when the file cannot be opened", () =>
  withFolder(async (folder) => {
    const path = join(folder, "missing", "access.log");
    const error = await assertRejects(() => openFileTarget(path));
    assertInstanceOf(error, LogFileError);
    assertEquals({
      path: error.path,
      namesPath: error.message.includes(path),
      hasCause: error.cause instanceof Error,
    }, { path, namesPath: true, hasCause: true });
  }));

Deno.test("openFileTarget() reopens: after a rename lines go to a new file of the old name", () =>
  withFolder(async (folder) => {
    const path = join(folder, "access.log");
    const target = await openFileTarget(path);
    await target.append("a\n", IGNORE);
    await rename(path, path + ".1");
    await target.append("b\n", IGNORE);
    await target.reopen();
    await target.append("c\n", IGNORE);
    await target.close();
    assertEquals(await readFile(path + ".1", "utf8"), "a\nb\n");
    assertEquals(await readFile(path, "utf8"), "c\n");
  }));

/**
 * An open file that takes a given number of bytes with each write, and fails in the end if the last entry is an error.
 * Its size grows by `unsaid` when a write fails.
 */
function fakeHandle(takes: (number | Error)[], written: string[], unsaid = 0): LogFileHandle {
  let size = 0;
  const take = (bytes: Uint8Array, offset: number, length: number): number => {
    written.push(new TextDecoder().decode(bytes.subarray(offset, offset + length)));
    size += length;
    return length;
  };
  const write = (bytes: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }> => {
    const taken = takes.shift() ?? Infinity;
    if (!(taken instanceof Error)) {
      return Promise.resolve({ bytesWritten: take(bytes, offset, Math.min(taken, length)) });
    }
    if (unsaid > 0) take(bytes, offset, unsaid);
    return Promise.reject(taken);
  };
  return {
    write: write as LogFileHandle["write"],
    stat: (() => Promise.resolve({ size })) as unknown as LogFileHandle["stat"],
    close: () => Promise.resolve(),
  };
}

Deno.test("createFileTarget() goes on after a short write", async () => {
  const written: string[] = [];
  await createFileTarget("a.log", fakeHandle([1, 2], written)).append("abcdef\n", IGNORE);
  assertEquals(written, ["a", "bc", "def\n"]);
});

Deno.test("createFileTarget() begins a new line after a write that failed in the middle of one", async () => {
  const written: string[] = [];
  const target = createFileTarget("a.log", fakeHandle([3, new Error("no space left")], written));
  await assertRejects(() => target.append("abcdef\n", IGNORE), Error, "no space left");
  await target.append("next\n", IGNORE);
  await target.append("last\n", IGNORE);
  assertEquals(written, ["abc", "\nnext\n", "last\n"]);
});

Deno.test("createFileTarget() finds out how much of a failed write was taken, and says what is missing", async () => {
  const written: string[] = [];
  const target = createFileTarget("a.log", fakeHandle([new Error("no space left")], written, 6));
  const error = await assertRejects(() => target.append("abc\ndef\nghi\n", IGNORE), LogWriteError);
  assertEquals(error.rest, "f\nghi\n");
  await target.append("next\n", IGNORE);
  assertEquals(written, ["abc\nde", "\nnext\n"]);
});

Deno.test("createFileTarget() does not wait for ever for a file that takes nothing", async () => {
  const target = createFileTarget("a.log", fakeHandle([0], []));
  await assertRejects(() => target.append("a\n", IGNORE), Error, "nothing was taken");
});

Deno.test("openFileTarget() lets several writers append whole lines to one file", () =>
  withFolder(async (folder) => {
    const path = join(folder, "access.log");
    const lineOf = (writer: number, number: number): string =>
      `${writer} ${number} ${"x".repeat(number % 97)}`;
    const buffers = await Promise.all(
      Array.from({ length: 4 }, async () =>
        new LineBuffer(await openFileTarget(path), {
          flushAfterMs: 60_000,
          flushAtLength: 1_000,
          formatDropped: (count) => `dropped ${count}\n`,
        })),
    );
    for (let number = 0; number < 2_000; number++) {
      buffers.forEach((buffer, writer) => buffer.write(lineOf(writer, number) + "\n"));
      if (number % 100 === 0) await buffers[number % 4]!.flush();
    }
    await Promise.all(buffers.map((buffer) => buffer.close()));
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    for (let writer = 0; writer < 4; writer++) {
      const own = lines.filter((line) => line.startsWith(`${writer} `));
      assertEquals(own, Array.from({ length: 2_000 }, (_, number) => lineOf(writer, number)));
    }
    assertEquals(lines.length, 8_000);
  }));

Deno.test("createConsoleTarget() hands lines on in pieces, and turns an error of the console into a rejection", async () => {
  const written: string[] = [];
  let progress = 0;
  const target = createConsoleTarget((bytes) => {
    written.push(new TextDecoder().decode(bytes));
    return Promise.resolve(bytes.length);
  });
  await target.append("a\n", () => progress++);
  await target.append("b".repeat(5_000) + "\n", () => progress++);
  await target.reopen();
  await target.close();
  assertEquals(written, ["a\n", "b".repeat(4_096), "b".repeat(904) + "\n"]);
  assertEquals(progress, 3);
  const broken = createConsoleTarget(() => Promise.reject(new Error("broken pipe")));
  const error = await assertRejects(() => broken.append("a\nb\n", IGNORE), LogWriteError, "broken pipe");
  assertEquals(error.rest, "a\nb\n");
});
