import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connectRaw, exchange } from "./support/loopback.ts";
import { entryLines, readLogUntil, withoutLifeLines } from "./support/log_lines.ts";
import { test, withPermissions } from "./runtimes/command_line.ts";
import { type Ended, withDirectory } from "./support/program.ts";

const CLOSE = "Host: a\r\nConnection: close\r\n\r\n";

withPermissions.test("main() without write permission logs to stdout and stderr, and says so once for each", async ({ startProgram }) => {
  const program = await startProgram([]);
  await exchange(program.port, `GET /nowhere HTTP/1.1\r\n${CLOSE}`);
  await program.until("stdout", " 404 GET /nowhere ");
  await program.until("stderr", " 404 GET /nowhere ");
  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0);
  const [first, second, third] = withoutLifeLines(stderr).split("\n");
  assertEquals(first, "millrace: no permission to write access.log: the access log goes to stdout");
  assertEquals(second, "millrace: no permission to write error.log: the error log goes to stderr");
  assertMatch(third!, /^\d{4}-\d\d-\d\dT\S+Z info \S+ 127\.0\.0\.1:\d+ 404 GET \/nowhere /);
  assertStringIncludes(stdout, "| GET /nowhere HTTP/1.1\n| Host: a\n");
});

test("main() logs to access.log and error.log in the working directory if writing is allowed", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const program = await startProgram([], { directory, writable: [directory] });
    await exchange(program.port, `GET /nowhere HTTP/1.1\r\n${CLOSE}`);
    assertMatch(
      await readLogUntil(`${directory}/access.log`, "/nowhere"),
      /^\S+ \S+ \S+ 404 GET \/nowhere - \d+ [\d.]+ms\n/,
    );
    assertMatch(
      withoutLifeLines(await readLogUntil(`${directory}/error.log`, "/nowhere")),
      /^\S+ info \S+ \S+ 404 GET \/nowhere Cannot /,
    );
    assertEquals(await program.stop(), { code: 0, stdout: `${program.readyLine}\n`, stderr: "" });
  });
});

test("main() appends to log files, and loses nothing on SIGTERM", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const [access, error] = [`${directory}/a.log`, `${directory}/e.log`];
    await Deno.writeTextFile(access, "before\n");
    const args = ["--access-log", access, "--error-log", error];
    for (const run of [1, 2]) {
      const program = await startProgram(args, { writable: [directory] });
      const client = await connectRaw(program.port);
      const requests = Array.from(
        { length: 100 },
        (_, index) => `GET /run${run}/${index} HTTP/1.1\r\nHost: a\r\n\r\n`,
      );
      await client.send(requests.join("") + `GET /last${run} HTTP/1.1\r\n${CLOSE}`);
      await client.readAll();
      client.close();
      assertEquals((await program.stop()).code, 0);
    }
    for (const path of [access, error]) {
      const lines = entryLines(withoutLifeLines(await Deno.readTextFile(path)));
      assertEquals(lines.length, 202, path);
      assertStringIncludes(lines[99]!, "/run1/99 ");
      assertStringIncludes(lines[201]!, "/last2 ");
    }
    assert((await Deno.readTextFile(access)).startsWith("before\n"));
  });
});

test("main() writes JSON lines with the named fields with --log-format json", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const [access, error] = [`${directory}/a.log`, `${directory}/e.log`];
    const args = ["--access-log", access, "--error-log", error, "--log-format", "json"];
    const program = await startProgram(args, { writable: [directory] });
    const post =
      `POST /set_cookie/a HTTP/1.1\r\nHost: a\r\nCookie: x=1; y=2\r\nContent-Length: 4\r\n\r\n"\x1b\n{`;
    await exchange(
      program.port,
      post + `POST /short_log/1 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n${CLOSE}`,
    );
    await program.stop();
    const entries = (await Deno.readTextFile(access)).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(entries.map(({ status, method, url }) => [status, method, url]), [
      [400, "POST", "/set_cookie/a"],
      [200, "POST", "/short_log/1"],
      [200, "GET", "/"],
    ]);
    const fields = [
      "time",
      "id",
      "level",
      "client",
      "method",
      "url",
      "cookies",
      "status",
      "bytes",
      "durationMs",
      "protocol",
      "host",
      "userAgent",
      "referer",
      "remoteAddr",
      "remotePort",
      "proxiedFor",
    ];
    assertEquals(entries.map((entry) => Object.keys(entry)), [
      [...fields, "head", "body"],
      [...fields, "head", "body"],
      fields,
    ]);
    assertEquals(entries[0].cookies, { x: "1", y: "2" });
    assertMatch(entries[0].head, /^POST \/set_cookie\/a HTTP\/1\.1\r\nHost: a\r\n[^]*\r\n\r\n$/);
    const errors = (await Deno.readTextFile(error)).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertMatch(errors[0].message, /^app listening on http:/);
    const failure = errors.find(({ status }) => status === 400);
    assertEquals([failure.id, failure.status, failure.method, failure.url], [
      entries[0].id,
      400,
      "POST",
      "/set_cookie/a",
    ]);
    assertMatch(failure.message, /cookie/);
  });
});

test("main() takes - for stdout and stderr, and off for nothing", async ({ startProgram }) => {
  const toConsole = await startProgram(["--access-log", "-", "--error-log", "-"]);
  await exchange(toConsole.port, `GET /nowhere HTTP/1.1\r\n${CLOSE}`);
  const { stdout, stderr } = await toConsole.stop();
  assertMatch(stdout, /^millrace app [^\n]*\n\S+ \S+ \S+ 404 GET \/nowhere /);
  assertMatch(withoutLifeLines(stderr), /^\S+ info \S+ \S+ 404 GET \/nowhere /);
  const silent = await startProgram(["--access-log=off", "--error-log=off"]);
  await exchange(silent.port, `GET /nowhere HTTP/1.1\r\n${CLOSE}`);
  assertEquals(await silent.stop(), { code: 0, stdout: `${silent.readyLine}\n`, stderr: "" });
});

test("main() ends with one line and code 2 for a named log file that cannot be written", async ({ runProgram }) => {
  await withDirectory(async (directory) => {
    const missing = `${directory}/no/such/file.log`;
    const rows: readonly LogRow[] = [
      [["--access-log", missing, "--error-log", "off"], "--access-log"],
      [["--access-log", "off", "--error-log", missing], "--error-log"],
      [["--access-log", directory, "--error-log", "off"], "--access-log"],
    ];
    await checkRefusals(rows, (args) => runProgram(args, { writable: [directory] }));
  });
});

withPermissions.test("main() ends with one line and code 2 for a named log file that may not be written", async ({ runProgram }) => {
  await withDirectory(async (directory) => {
    const rows: readonly LogRow[] = [
      [["--access-log", `${directory}/a.log`, "--error-log", "off"], "--access-log"],
      [["--access-log", "off", "--error-log", `${directory}/e.log`], "--error-log"],
    ];
    await checkRefusals(rows, (args) => runProgram(args));
    await checkRefusals(rows, (args) => runProgram(args, { writable: ["/nowhere"] }));
  });
});

test("main() falls back to the console if access.log cannot be written although it is permitted", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/access.log`);
    const program = await startProgram(["--error-log", "off"], { directory, writable: [directory] });
    await exchange(program.port, `GET / HTTP/1.1\r\n${CLOSE}`);
    const { code, stdout, stderr } = await program.stop();
    assertEquals([code, stderr], [0, "millrace: cannot write access.log: the access log goes to stdout\n"]);
    assertStringIncludes(stdout, " 200 GET / ");
  });
});

type LogRow = readonly [args: string[], flag: string];

async function checkRefusals(
  rows: readonly LogRow[],
  run: (args: readonly string[]) => Promise<Ended>,
): Promise<void> {
  for (const [args, flag] of rows) {
    const { code, stdout, stderr } = await run([...args, "--port", "0"]);
    assertEquals([code, stdout], [2, ""], stderr);
    assertMatch(stderr, /^millrace: [^\n]*\n$/);
    assertStringIncludes(stderr, flag);
  }
}
