import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exchangeWithEnd } from "../../support/loopback.ts";
import { commandLineOf, test, withDatabase } from "../../runtimes/command_line.ts";
import { RUNTIMES, testOn } from "../../runtimes/runtimes.ts";
import { withDirectory } from "../../support/program.ts";
import { openDurableStore } from "../../../src/servers/metrics/durable/durable_store.ts";
import { putOne } from "./store_actions.ts";
import { DatabaseSync } from "node:sqlite";

const LINE = /^millrace: [^\n]+\n$/;
const QUIET = ["--error-log", "off"];

test("metricsCommand serves put and get, prints its address, and ends with 0 on SIGTERM", async ({ startProgram }) => {
  const program = await startProgram(["metrics", ...QUIET]);
  assertMatch(program.readyLine, /^millrace metrics listening on tcp:\/\/127\.0\.0\.1:\d+$/);
  const replies = await exchangeWithEnd(program.port, "put a 1 5\nget *\ngot a\n");
  assertEquals(replies, "ok\n\nok\na 1.0 5\n\nerror\nwrong command\n\n");
  const { code, stderr } = await program.stop();
  assertEquals([code, stderr], [0, ""]);
});

withDatabase.test("metricsCommand keeps samples in the file of --data across a restart", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const args = ["metrics", ...QUIET, "--data", `${directory}/metrics.db`];
    const first = await startProgram(args, { writable: [directory] });
    assertEquals(await exchangeWithEnd(first.port, "put a 1 5\nput a 2 6\n"), "ok\n\nok\n\n");
    assertEquals((await first.stop()).code, 0);
    const second = await startProgram(args, { writable: [directory] });
    assertEquals(await exchangeWithEnd(second.port, "get a\n"), "ok\na 1.0 5\na 2.0 6\n\n");
    assertEquals((await second.stop()).code, 0);
  });
});

withDatabase.test("metricsCommand stays ready with a damaged file, because it serves gets, and tells that puts are refused", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const path = `${directory}/metrics.db`;
    const store = await openDurableStore(path);
    await putOne(store, "sound", 1, 5);
    await putOne(store, "damaged", 1, 5);
    await store.close();
    const database = new DatabaseSync(path);
    database.exec("UPDATE block SET samples = x'00' WHERE series = 2");
    database.close();
    const args = ["metrics", ...QUIET, "--data", path, "--admin-port", "0"];
    const program = await startProgram(args, { writable: [directory] });
    assertEquals(
      await exchangeWithEnd(program.port, "put a 1 5\nget *\n"),
      "error\nread-only: the database is damaged\n\nok\nsound 1.0 5\n\n",
    );
    await program.until("stdout", /admin listening on \S+/);
    const admin = /admin listening on (\S+)/.exec(program.stdout)![1]!;
    const readiness = await fetch(`${admin}readyz`);
    assertEquals([readiness.status, await readiness.text()], [200, "ready\n"]);
    const figures = await (await fetch(`${admin}metrics`)).text();
    assertStringIncludes(figures, "\nmillrace_metrics_read_only 1\n");
    assertEquals((await program.stop()).code, 0);
  });
});

withDatabase.test("metricsCommand treats names that are special to SQLite as names of files", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const options = { directory, writable: [directory] };
    const names = [":memory:", "file:a.db", "file:a.db?mode=memory"];
    for (const name of names) {
      for (const replies of ["ok\n\nok\na 1.0 5\n\n", "ok\n\nok\na 1.0 5\na 1.0 6\n\n"]) {
        const program = await startProgram(["metrics", ...QUIET, "--data", name], options);
        const timestamp = replies.includes("6") ? 6 : 5;
        assertEquals(await exchangeWithEnd(program.port, `put a 1 ${timestamp}\nget a\n`), replies, name);
        const { code, stderr } = await program.stop();
        assertEquals([code, stderr], [0, ""]);
      }
    }
    assertEquals((await Array.fromAsync(Deno.readDir(directory), (entry) => entry.name)).sort(), names);
  });
});

withDatabase.test("metricsCommand says in one line why a database cannot be used, and leaves a foreign file alone", async ({ startProgram, runProgram }) => {
  await withDirectory(async (directory) => {
    const foreign = `${directory}/foreign.db`;
    await Deno.writeTextFile(foreign, "this is no database, and not a short text either");
    const used = `${directory}/used.db`;
    const owner = await startProgram(["metrics", ...QUIET, "--data", used], { writable: [directory] });
    const rows: [file: string, code: number][] = [
      [foreign, 1],
      [used, 1],
      [`${directory}/nowhere/metrics.db`, 2],
      [`${directory}/nowhere/`, 2],
    ];
    for (const [file, expected] of rows) {
      const args = ["metrics", ...QUIET, "--port", "0", "--data", file];
      const { code, stdout, stderr } = await runProgram(args, { writable: [directory] });
      assertEquals([code, stdout], [expected, ""], stderr);
      assertMatch(stderr, LINE, file);
      assertStringIncludes(stderr, `millrace: bad value for --data: cannot open "${file}": `);
      if (expected === 2) assertStringIncludes(stderr, `there is no directory "${directory}/nowhere"`);
    }
    assertEquals(await Deno.readTextFile(foreign), "this is no database, and not a short text either");
    assertEquals((await owner.stop()).code, 0);
  });
});

test("metricsCommand refuses bad values of its own flags with code 2, and a port in use with code 1", async ({ startProgram, runProgram }) => {
  const rows: [args: string[], part: string][] = [
    [["--retention", "30"], "--retention"],
    [["--retention", "d"], "30d"],
    [["--max-series", "0"], "--max-series"],
    [["--max-samples", "-1"], "--max-samples"],
    [["--durability", "some"], "full or normal"],
    [["--idle-timeout-ms", "soon"], "--idle-timeout-ms"],
  ];
  for (const [args, part] of rows) {
    const { code, stderr } = await runProgram(["metrics", "--port", "0", ...args]);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, LINE, part);
    assertStringIncludes(stderr, part);
  }
  const owner = await startProgram(["metrics", ...QUIET]);
  const { code, stderr } = await runProgram(["metrics", "--port", String(owner.port)]);
  assertEquals(code, 1, stderr);
  assertMatch(stderr, LINE);
  assertEquals((await owner.stop()).code, 0);
});

test("metricsCommand refuses series beyond --max-series with the reason, and goes on", async ({ startProgram }) => {
  const program = await startProgram(["metrics", ...QUIET, "--max-series", "1"]);
  const replies = await exchangeWithEnd(program.port, "put a 1 5\nput b 1 5\nput a 2 5\n");
  assertMatch(replies, /^ok\n\nerror\n(?!wrong command)[^\n]+\n\nok\n\n$/);
  await program.stop();
});

test("metricsCommand logs connections and refusals at debug level only, commands only if asked", async ({ startProgram }) => {
  const quiet = await startProgram(["metrics", "--ui-port", "off", "--error-log", "-"]);
  await exchangeWithEnd(quiet.port, "nonsense\n");
  const silent = await quiet.stop();
  assertEquals(silent.stdout, `${quiet.readyLine}\n`);
  assertEquals(silent.stderr.split("\n").filter((line) => !/^(\S+ info .*)?$/.test(line)), []);
  assertEquals(silent.stderr.includes("nonsense"), false);

  const talkative = await startProgram([
    "metrics",
    "--error-log",
    "-",
    "--log-level",
    "debug",
    "--access-log",
    "-",
  ]);
  await exchangeWithEnd(talkative.port, "put a 1 5\nnonsense\n\x16\\ü\n");
  const { stdout, stderr } = await talkative.stop();
  assertStringIncludes(stderr, "nonsense");
  assertMatch(stdout, /127\.0\.0\.1:\d+ ok put a/);
  assertMatch(stdout, /127\.0\.0\.1:\d+ error nonsense\n/);
  assertMatch(stdout, /127\.0\.0\.1:\d+ error \\x16\\\\ü\n/);
});

for (const runtime of RUNTIMES.filter(({ name }) => name === "Node 20")) {
  testOn(runtime, "metricsCommand says in one line that --data needs node:sqlite", async (binary) => {
    const { runProgram } = commandLineOf(runtime.name, binary);
    const { code, stdout, stderr } = await runProgram(["metrics", ...QUIET, "--port", "0", "--data", "x.db"]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(
      stderr,
      /^millrace: bad value for --data: cannot open a database: this runtime has no node:sqlite [^\n]+\n$/,
    );
  });
}
