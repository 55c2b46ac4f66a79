import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connectRaw, exchange, exchangeWithEnd } from "./support/loopback.ts";
import { withoutLifeLines } from "./support/log_lines.ts";
import { test } from "./runtimes/command_line.ts";
import { withDirectory } from "./support/program.ts";

const GOOD = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

const TLS_HELLO = new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]);

const NOT_HTTP: readonly (readonly [name: string, bytes: string | Uint8Array])[] = [
  ["a line of one word", "hello\r\n"],
  ["a TLS hello, without a line end", TLS_HELLO],
  ["a byte that no method has", "{"],
  ["a space in front", " GET / HTTP/1.1\r\n"],
  ["HTTP/0.9", "GET /\r\n"],
  ["a protocol that is not HTTP", "GET / RTSP/1.0\r\n"],
  ["a version without digits", "GET / HTTP/x.y\r\n"],
  ["two empty lines", "\r\n\r\n"],
  ["an empty line and a greeting", "\r\nhello there\r\n"],
];

// Each with the status of its response; 0 means none.
const NO_REASON_TO_EXIT: readonly (readonly [name: string, bytes: string, status: number])[] = [
  ["no byte", "", 0],
  ["an empty line", "\r\n", 0],
  ["a request line cut off in the method", "GE", 400],
  ["a request line cut off in the target", "GET /index", 400],
  ["a request line cut off in the version", "GET / HTTP/1.", 400],
  ["an unknown version", "GET / HTTP/9.9\r\n\r\n", 505],
  ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
  ["a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["a control byte in the target", "GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405],
  ["a malformed field", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["a bare LF after the request line", "GET / HTTP/1.1\nHost: a\n\n", 400],
  ["a greeting after a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\nhello\r\n", 200],
];

test("mod.ts app ends with code 1, a line on stderr and a log entry for a client that speaks no HTTP", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const runs = NOT_HTTP.map(async ([name, bytes], index) => {
      const log = `${directory}/${index}.log`;
      const program = await startProgram(["--access-log", "off", "--error-log", log], { writable: [log] });
      const client = await connectRaw(program.port);
      await client.send(bytes);
      const { code, stderr } = await program.ended;
      const response = await client.readAll();
      client.close();
      return { name, code, stderr, response, log: await Deno.readTextFile(log) };
    });
    for (const { name, code, stderr, response, log } of await Promise.all(runs)) {
      assertEquals([code, response], [1, ""], name);
      assertMatch(stderr, /^millrace: 127\.0\.0\.1:\d+ does not speak HTTP: [^\n]+\n$/, name);
      assertMatch(
        withoutLifeLines(log),
        /^\S+ fatal - 127\.0\.0\.1:\d+ - - - Cannot read the connection as HTTP: [^\n]+\n$/,
        name,
      );
    }
  });
});

test("mod.ts app goes on after HTTP of any kind, also malformed, broken off or too late", async ({ startProgram }) => {
  const program = await startProgram(["--access-log", "off", "--error-log", "off"]);
  for (const [name, bytes, status] of NO_REASON_TO_EXIT) {
    assertEquals(statusOf(await exchangeWithEnd(program.port, bytes)), status, name);
    assertEquals(statusOf(await exchange(program.port, GOOD)), 200, name);
  }
  assertEquals((await program.stop()).code, 0);
});

test("mod.ts app does not exit because of a time-out", async ({ startProgram }) => {
  const program = await startProgram([
    "--access-log",
    "off",
    "--error-log",
    "off",
    "--head-timeout-ms",
    "50",
    "--idle-timeout-ms",
    "50",
  ]);
  for (const [bytes, status] of [["", 0], ["GE", 408], ["GET / HTTP/1.1\r\nHo", 408]] as const) {
    assertEquals(statusOf(await exchange(program.port, bytes)), status, bytes);
  }
  assertEquals((await program.stop()).code, 0);
});

test("mod.ts app --non-http close responds 400, closes that connection and goes on", async ({ startProgram }) => {
  const program = await startProgram(["--non-http", "close", "--access-log", "-", "--error-log", "-"]);
  for (const [name, bytes] of NOT_HTTP) {
    const response = await exchange(program.port, bytes);
    assertEquals(statusOf(response), 400, name);
    assertMatch(response, /Connection: close\r\n[^]*Content-Type: text\/html; charset=utf-8\r\n/i, name);
    assertEquals(statusOf(await exchange(program.port, GOOD)), 200, name);
  }
  const { code, stdout, stderr } = await program.stop();
  assertEquals(code, 0);
  const refused = stdout.split("\n").filter((line) => / 400 - - - /.test(line));
  assertEquals(refused.length, NOT_HTTP.length);
  assertEquals(
    stderr.split("\n").filter((line) => line.includes("Cannot read the connection as HTTP")).length,
    NOT_HTTP.length,
  );
  assertStringIncludes(stdout, "| hello\n");
  assert(!stdout.includes("\x16"));
});

function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1] ?? 0);
}
