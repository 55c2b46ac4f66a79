import { tcpAddress } from "../../src/net/address.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { configure, getConfig, type LogRecord, reset } from "@logtape/logtape";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AccessEntry, ErrorEntry } from "../../src/log/entry.ts";
import { LogFileError } from "../../src/log/line_target.ts";
import { millraceSink } from "../../src/log/logtape_route.ts";
import type { ConsoleWrite } from "../../src/log/line_target.ts";
import { type Logs, openLogs } from "../../src/log/open_logs.ts";

const OFF = { kind: "off" } as const;

const ACCESS: AccessEntry = {
  timeMs: 0,
  id: "one",
  client: tcpAddress("127.0.0.1", 1),
  status: 200,
  method: "GET",
  url: "/{a}",
  cookies: [],
  bytes: 2,
  durationMs: 1,
};
const ACCESS_LINE = "1970-01-01T00:00:00.000Z one 127.0.0.1:1 200 GET /{a} - 2 1ms\n";
const ERROR: ErrorEntry = { level: "error", timeMs: 0, message: "Cannot go on" };
const ERROR_LINE = "1970-01-01T00:00:00.000Z error - - - - - Cannot go on\n";

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A console that collects its output. */
function collect(lines: string[]): ConsoleWrite {
  return (bytes) => {
    lines.push(new TextDecoder().decode(bytes));
    return Promise.resolve(bytes.length);
  };
}

/** Opens both logs on consoles that collect their output. */
async function openOnConsole(options: { readonly format?: "text" | "json" } = {}): Promise<
  { logs: Logs; access: string[]; error: string[] }
> {
  const access: string[] = [];
  const error: string[] = [];
  const logs = await openLogs({
    accessLog: { kind: "console", write: collect(access) },
    errorLog: { kind: "console", write: collect(error) },
    ...options,
  });
  return { logs, access, error };
}

Deno.test("openLogs() writes entries to files, and close() loses nothing", () =>
  withFolder(async (folder) => {
    const [accessPath, errorPath] = [join(folder, "access.log"), join(folder, "error.log")];
    const logs = await openLogs({
      accessLog: { kind: "file", path: accessPath },
      errorLog: { kind: "file", path: errorPath },
    });
    for (let i = 0; i < 1_000; i++) logs.access?.write(ACCESS);
    logs.error?.write(ERROR);
    await logs.close();
    assertEquals(await readFile(accessPath, "utf8"), ACCESS_LINE.repeat(1_000));
    assertEquals(await readFile(errorPath, "utf8"), ERROR_LINE);
  }));

Deno.test("Logs.flush() writes both logs, also when they share a file", () =>
  withFolder(async (folder) => {
    const target = { kind: "file", path: join(folder, "all.log") } as const;
    const logs = await openLogs({ accessLog: target, errorLog: target });
    logs.access?.write(ACCESS);
    await logs.flush();
    logs.error?.write(ERROR);
    await logs.flush();
    assertEquals(await readFile(target.path, "utf8"), ACCESS_LINE + ERROR_LINE);
    await logs.close();
  }));

Deno.test("Logs.reopen() goes on in a new file", () =>
  withFolder(async (folder) => {
    const path = join(folder, "access.log");
    const logs = await openLogs({ accessLog: { kind: "file", path }, errorLog: OFF });
    logs.access?.write(ACCESS);
    await logs.flush();
    await Deno.rename(path, path + ".1");
    await logs.reopen();
    logs.access?.write(ACCESS);
    await logs.close();
    assertEquals([await readFile(path, "utf8"), await readFile(path + ".1", "utf8")], [
      ACCESS_LINE,
      ACCESS_LINE,
    ]);
  }));

Deno.test("openLogs() rejects with the path of a file that cannot be opened, and leaves nothing open", () =>
  withFolder(async (folder) => {
    const path = join(folder, "missing", "error.log");
    const good = { kind: "file", path: join(folder, "access.log") } as const;
    const bad = { kind: "file", path } as const;
    const error = await assertRejects(() => openLogs({ accessLog: good, errorLog: bad }), LogFileError);
    assertEquals(error.path, path);
  }));

Deno.test("openLogs() opens no log that is off", async () => {
  const logs = await openLogs({ accessLog: OFF, errorLog: OFF });
  assertEquals([logs.access, logs.error], [undefined, undefined]);
  await logs.flush();
  await logs.close();
});

Deno.test("openLogs() keeps the logs of several servers apart", async () => {
  const [first, second] = [await openOnConsole(), await openOnConsole({ format: "json" })];
  first.logs.access?.write(ACCESS);
  second.logs.error?.write(ERROR);
  await first.logs.close();
  second.logs.access?.write({ ...ACCESS, id: "two" });
  await second.logs.close();
  assertEquals([first.access, first.error], [[ACCESS_LINE], []]);
  assertEquals(JSON.parse(second.access.join("")).id, "two");
  assertEquals(JSON.parse(second.error.join("")).message, "Cannot go on");
});

Deno.test("ErrorLog.write() leaves out entries below the level", async () => {
  const lines: string[] = [];
  const errorLog = { kind: "console", write: collect(lines) } as const;
  const logs = await openLogs({ accessLog: OFF, errorLog, lowestLevel: "warn" });
  for (const level of ["debug", "info", "warn"] as const) logs.error?.write({ ...ERROR, level });
  assertEquals(lines, []);
  logs.error?.write({ ...ERROR, level: "fatal" });
  await logs.flush();
  assertEquals(lines, [ERROR_LINE.replace("error", "warn") + ERROR_LINE.replace("error", "fatal")]);
  await logs.close();
});

Deno.test("openLogs() reports a log that cannot be written, once, and says later what is missing", async () => {
  const [errors, lines]: [unknown[], string[]] = [[], []];
  let failure: Error | undefined = new Error("no space left");
  const write: ConsoleWrite = (bytes) =>
    failure === undefined ? collect(lines)(bytes) : Promise.reject(failure);
  const logs = await openLogs({
    accessLog: { kind: "console", write },
    errorLog: OFF,
    now: () => 0,
    onError: (error) => errors.push(error),
  });
  for (let i = 0; i < 3; i++) {
    logs.access?.write(ACCESS);
    await logs.flush();
  }
  assertEquals(errors.map(String), ["LogWriteError: no space left"]);
  failure = undefined;
  await logs.close();
  assertEquals(lines, ["1970-01-01T00:00:00.000Z dropped 3 records: the log could not be written\n"]);
});

Deno.test("openLogs() leaves a program's own LogTape alone, and reaches its other sinks", async () => {
  const records: LogRecord[] = [];
  await configure({
    reset: true,
    sinks: { millrace: millraceSink, own: (record) => void records.push(record) },
    loggers: [
      { category: "millrace", sinks: ["millrace", "own"] },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: null },
    ],
  });
  const config = getConfig();
  try {
    const { logs, access } = await openOnConsole();
    logs.access?.write(ACCESS);
    logs.error?.write({ ...ERROR, level: "warn" });
    await logs.close();
    assertEquals(access, [ACCESS_LINE]);
    assertEquals(getConfig(), config);
    assertEquals(records.map(({ category, level }) => [...category, level]), [
      ["millrace", "access", "info"],
      ["millrace", "error", "warning"],
    ]);
    assertEquals(records[0]?.properties["entry"], ACCESS);
    assertEquals(records[0]?.message, [ACCESS_LINE]);
  } finally {
    await reset();
  }
});

Deno.test("openLogs() rejects when the program's own LogTape has no sink for the entries", async () => {
  await configure({
    reset: true,
    sinks: {},
    loggers: [{ category: ["logtape", "meta"], sinks: [], lowestLevel: null }],
  });
  try {
    await assertRejects(() => openLogs({ accessLog: OFF, errorLog: OFF }), TypeError, "millraceSink");
  } finally {
    await reset();
  }
});

Deno.test("millraceSink() ignores a record that was not made for a log", () => {
  assertEquals(millraceSink({ rawMessage: "", properties: {} }), undefined);
});

Deno.test("openLogs() has a log of chains if the options ask for one", async () => {
  const [lines, off] = [[] as string[], await openOnConsole()];
  assertEquals(off.logs.chain, undefined);
  await off.logs.close();
  const chainLog = { kind: "console", write: collect(lines) } as const;
  const logs = await openLogs({ accessLog: OFF, errorLog: OFF, chainLog });
  const entry = { timeMicros: 1, id: "one", where: "trap", message: "a" } as const;
  for (const level of ["info", "error"] as const) logs.chain?.write({ ...entry, level });
  await logs.close();
  assertEquals(
    lines.join(""),
    ["info", "error"].map((level) => `1970-01-01T00:00:00.000001Z ${level} one trap: a\n`).join(""),
  );
});

Deno.test("openLogs() closes the logs that it has opened when a later one cannot be opened", () =>
  withFolder(async (folder) => {
    const file = { kind: "file", path: join(folder, "access.log") } as const;
    const missing = { kind: "file", path: join(folder, "no", "chain.log") } as const;
    await assertRejects(() => openLogs({ accessLog: file, errorLog: file, chainLog: missing }), LogFileError);
  }));
