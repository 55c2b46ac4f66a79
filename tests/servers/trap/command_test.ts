import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { RequestRecord } from "../../../src/servers/trap/records/request_record.ts";
import { exchange } from "../../support/loopback.ts";
import { readLogUntil } from "../../support/log_lines.ts";
import { type CommandLine, test, withDatabase, withPermissions } from "../../runtimes/command_line.ts";
import { type Program, type ProgramOptions, withDirectory } from "../../support/program.ts";
import { findFreePort } from "../../support/reserved_ports.ts";

const QUIET = ["--log", "off", "--error-log", "off"];
const REQUEST = "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

interface TrapProgram extends Program {
  readonly uiPort: number;
}

async function startTrap(
  { startProgram }: CommandLine,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<TrapProgram> {
  const program = await startProgram(["trap", ...args], options);
  const isOff = args.join(" ").includes("--ui-port off");
  if (!isOff) await program.until("stdout", "trap ui listening on ");
  const uiPort = Number(
    /^millrace trap ui listening on http:\/\/127\.0\.0\.1:(\d+)\/$/m.exec(program.stdout)?.[1],
  );
  return Object.assign(program, { uiPort });
}

async function listRequests(program: TrapProgram): Promise<readonly RequestRecord[]> {
  const response = await fetch(`http://127.0.0.1:${program.uiPort}/api/requests`);
  return (await response.json()).requests;
}

test("mod.ts trap prints the addresses of trap and page, keeps requests, and ends with 0", async (commandLine) => {
  const program = await startTrap(commandLine, QUIET);
  assertMatch(program.readyLine, /^millrace trap listening on http:\/\/127\.0\.0\.1:\d+\/$/);
  assertMatch(await exchange(program.port, REQUEST), /^HTTP\/1\.1 200 OK\r\n/);
  const [record, ...others] = await listRequests(program);
  assertEquals([record?.target, others.length], ["/api", 0]);
  const { code, stdout, stderr } = await program.stop();
  assertEquals([code, stdout.split("\n").length, stderr], [0, 3, ""]);
});

test("mod.ts trap --ui-port off has no page, and the default is the port after the trap's", async (commandLine) => {
  const off = await startTrap(commandLine, [...QUIET, "--ui-port", "off"]);
  assertEquals((await off.stop()).stdout, `${off.readyLine}\n`);
  const port = findFreePort();
  const next = await startTrap(commandLine, [...QUIET, "--port", String(port)]);
  assertEquals([next.port, next.uiPort], [port, port + 1]);
  await next.stop();
});

test("mod.ts trap takes its port from PORT if that may be read, and the flag wins", async (commandLine) => {
  const port = findFreePort();
  const environment = { PORT: String(port) };
  const fromEnvironment = await startTrap(commandLine, QUIET, { environment });
  assertEquals([fromEnvironment.port, fromEnvironment.uiPort], [port, port + 1]);
  assertEquals((await fromEnvironment.stop()).stderr, "");
  const other = findFreePort();
  const fromFlag = await startTrap(commandLine, [...QUIET, "--port", String(other)], {
    environment: { PORT: "nonsense" },
  });
  assertEquals(fromFlag.port, other);
  await fromFlag.stop();
  for (const value of ["nonsense", "65536", "-1", "80 "]) {
    const { code, stdout, stderr } = await commandLine.runProgram(["trap", ...QUIET], {
      environment: { PORT: value },
    });
    assertEquals([code, stdout], [2, ""]);
    assertEquals(
      stderr,
      `millrace: bad value for the environment variable PORT: expected a whole number from 0 to 65535, got "${value}"\n`,
    );
  }
});

test("mod.ts trap ends with one line and code 1 when one of its ports is in use", async (commandLine) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const rows = [["--port", ["--port", String(port)]], [
    "--ui-port",
    ["--port", "0", "--ui-port", String(port)],
  ]] as const;
  for (const [flag, args] of rows) {
    const { code, stdout, stderr } = await commandLine.runProgram(["trap", ...QUIET, ...args]);
    assertEquals([code, stdout, stderr], [
      1,
      "",
      `millrace: cannot open ${flag}: port ${port} is already in use on 127.0.0.1\n`,
    ]);
  }
  listener.close();
});

test("mod.ts trap logs to trap.log if writing is allowed, or to the file of --log", async (commandLine) => {
  await withDirectory(async (directory) => {
    const toFile = await startTrap(commandLine, ["--error-log", "off"], { directory, writable: [directory] });
    await exchange(toFile.port, REQUEST);
    const log = await readLogUntil(`${directory}/trap.log`, "answered 200");
    assertEquals(log.trimEnd().split("\n").length, 7);
    assertMatch(log, /^\S+Z info - trap: started: listening on http:\S+, 0 requests from before\n/);
    assertMatch(
      log,
      /\n\S+Z info (\S+) trap: received GET \/api from [^\n]*\n\S+Z info \1 trap > query: came as /,
    );
    await toFile.stop();
    assertEquals(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["trap.log"]);
    const named = `${directory}/other.log`;
    const args = ["--error-log", "off", "--log", named, "--log-format", "json"];
    const toNamed = await startTrap(commandLine, args, { directory, writable: [directory] });
    await exchange(toNamed.port, REQUEST);
    await toNamed.stop();
    assertEquals(
      (await Deno.readTextFile(named)).trimEnd().split("\n").map((line) => JSON.parse(line).level).length,
      8,
    );
  });
  const dash = await startTrap(commandLine, ["--log", "-", "--access-log", "-", "--error-log", "off"]);
  await exchange(dash.port, REQUEST);
  const { stdout } = await dash.stop();
  assertMatch(stdout, /\n\S+ info \S+ trap: answered 200, complete, ok; 0 bytes in [\d.]+ ms\n/);
  assertMatch(stdout, /\n\S+ \S+ 127\.0\.0\.1:\d+ 200 GET \/api - 34 [\d.]+ms\n/);
});

test("mod.ts trap --mask hides values from the access log too", async (commandLine) => {
  const args = ["--log", "off", "--access-log", "-", "--error-log", "off", "--mask", "cookie,token"];
  const program = await startTrap(commandLine, args);
  await exchange(
    program.port,
    REQUEST.replace("/api", "/api?token=SECRET").replace("Host", "Cookie: s=SECRET\r\nHost"),
  );
  const { stdout } = await program.stop();
  assertMatch(stdout, / 200 GET \/api\?token=\*\*\* s=\*\*\* 34 /);
});

withPermissions.test("mod.ts trap logs to stdout if writing is not allowed", async (commandLine) => {
  const toStdout = await startTrap(commandLine, []);
  await exchange(toStdout.port, REQUEST);
  await toStdout.until("stdout", "answered 200");
  const { stderr } = await toStdout.stop();
  assertEquals(stderr.split("\n"), [
    "millrace: no permission to write error.log: the error log goes to stderr",
    "millrace: no permission to write trap.log: the trap log goes to stdout",
    "",
  ]);
});

test("mod.ts trap names a bad flag, script or file in one line, and ends", async (commandLine) => {
  await withDirectory(async (directory) => {
    const script = `${directory}/script.json`;
    const database = `${directory}/trap.db`;
    await Deno.writeTextFile(script, '[{ "path": "/", "sequence": [{ "status": 1000 }] }]');
    await Deno.writeTextFile(database, "no database");
    const rows: readonly (readonly [args: readonly string[], code: number, parts: readonly string[]])[] = [
      [["--ui-port", "x"], 2, ["--ui-port", "off"]],
      [["--keep", "0"], 2, ["--keep", "1 to"]],
      [["--keep-bytes", "1MB"], 2, ["--keep-bytes", "256MiB"]],
      [["--keep-bytes", "0"], 2, ["--keep-bytes"]],
      [["--mask", "a b"], 2, ["--mask", "commas"]],
      [["--log-format", "xml"], 2, ["--log-format"]],
      [["--log", directory], 2, ["--log", directory]],
      [["--respond", script], 2, ["--respond", script, "$[0].sequence[0].status"]],
      [["--respond", `${directory}/none.json`], 2, ["--respond", "none.json"]],
      [["--data", database], 1, ["--data", database, "no database of the request trap"]],
      [["--data", `${directory}/none/trap.db`], 2, ["--data", "none"]],
    ];
    for (const [args, code, parts] of rows) {
      // Without node:sqlite a database has no error of its own.
      if (args.includes("--data") && commandLine.runtime === "Node 20") continue;
      const ended = await commandLine.runProgram(["trap", "--port", "0", ...QUIET, ...args], {
        writable: [directory],
      });
      assertEquals([ended.code, ended.stdout], [code, ""], args.join(" "));
      assertMatch(ended.stderr, /^millrace: [^\n]+\n$/);
      for (const part of parts) assertStringIncludes(ended.stderr, part);
    }
    assertEquals(await Deno.readTextFile(database), "no database");
  });
});

withDatabase.test("mod.ts trap --data keeps requests across restarts, and --respond sends its responses", async (commandLine) => {
  await withDirectory(async (directory) => {
    const script = `${directory}/script.json`;
    await Deno.writeTextFile(
      script,
      '[{ "path": "/api", "sequence": [{ "status": 500 }, { "status": 200 }] }]',
    );
    const args = [...QUIET, "--data", `${directory}/trap.db`, "--respond", script, "--keep", "3"];
    const options = { writable: [directory] };
    const ids: string[] = [];
    for (const run of [1, 2]) {
      const program = await startTrap(commandLine, args, options);
      assertEquals((await listRequests(program)).map(({ id }) => id), ids.toReversed());
      assertMatch(await exchange(program.port, REQUEST), /^HTTP\/1\.1 500 /);
      assertMatch(await exchange(program.port, REQUEST), /^HTTP\/1\.1 200 /);
      const records = await listRequests(program);
      assertEquals(records.length, run + 1);
      ids.splice(0, ids.length, ...records.map(({ id }) => id).reverse());
      assertEquals(ids, ids.toSorted());
      assertEquals((await program.stop()).code, 0);
    }
  });
});

test("mod.ts trap --help lists its flags", async (commandLine) => {
  const { code, stdout } = await commandLine.runProgram(["trap", "--help"]);
  assertEquals(code, 0);
  for (
    const flag of [
      "ui-port PORT|off",
      "log FILE|-",
      "keep N",
      "keep-bytes SIZE",
      "data FILE",
      "respond FILE",
      "mask NAMES",
    ]
  ) {
    assertStringIncludes(stdout, `--${flag}`);
  }
  assert(stdout.includes("--replay-private"));
  assertStringIncludes((await commandLine.runProgram(["--help"])).stdout, "  trap      request trap");
});
