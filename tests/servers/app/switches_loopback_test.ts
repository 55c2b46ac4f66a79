import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ask } from "../../support/ask.ts";
import { entryLines, withoutLifeLines } from "../../support/log_lines.ts";
import { connectRaw, exchange } from "../../support/loopback.ts";
import { test } from "../../runtimes/command_line.ts";

const LOGGED = ["--access-log", "-", "--error-log", "-"];

/** Asks from another address of this machine, which is another client for the app. */
async function askFromElsewhere(port: number, method: string, path: string): Promise<string> {
  const client = Deno.createHttpClient({ localAddress: "127.0.0.2" });
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, client });
  const text = await response.text();
  client.close();
  return text;
}

test("show_errors switches the original message on and off, with GET and POST under both names", async ({ startProgram }) => {
  const program = await startProgram(["--access-log", "off", "--error-log", "off"]);
  const { port } = program;
  const says = async (line: string): Promise<boolean> =>
    (await ask(port, line)).body.includes("Original message");
  assertEquals(await says("GET /div/1/to/0"), false);
  for (const name of ["show_errors", "showerrors"]) {
    for (const method of ["GET", "POST"]) {
      assertStringIncludes((await ask(port, `${method} /${name}/1`)).body, "Error display: on");
      const { status, body } = await ask(port, "GET /div/1/to/0");
      assertEquals(status, 400);
      assertStringIncludes(body, "Cannot divide 1: division by zero");
      for (const line of ["GET /nowhere", "PUT /", "GET /set_cookie/a", "GET /div/x/to/1"]) {
        assert(await says(line), line);
      }
      const refused = await exchange(port, "GET / HTTP/1.1\r\nHost: a\r\nBad Field: <x>\r\n\r\n");
      assertMatch(refused, /^HTTP\/1\.1 400 [^]*Original message/);
      assertEquals((await ask(port, `${method} /${name}/2`)).status, 404);
      assertStringIncludes((await ask(port, `${method} /${name}/0`)).body, "Error display: off");
      assertEquals(await says("GET /div/1/to/0"), false);
    }
  }
  await program.stop();
});

test("a switch belongs to the client's address with --scope client, to everybody with --scope global", async ({ startProgram }) => {
  for (const scope of ["client", "global"]) {
    const program = await startProgram([...LOGGED, "--scope", scope]);
    const { port } = program;
    await ask(port, "GET /show_errors/1");
    await ask(port, "POST /short_log/1");
    assertStringIncludes((await ask(port, "GET /nowhere")).body, "Original message");
    const elsewhere = await askFromElsewhere(port, "GET", "/nowhere");
    assertEquals(elsewhere.includes("Original message"), scope === "global");
    const { stdout } = await program.stop();
    const [, , , own, other] = stdout.split(/^(?=\d{4}-)/m);
    assertMatch(own!, /^\S+ \S+ 127\.0\.0\.1:\d+ 404 GET \/nowhere [^\n]*\n$/);
    assertMatch(other!, /^\S+ \S+ 127\.0\.0\.2:\d+ 404 GET \/nowhere /);
    assertEquals(other!.includes("\n| GET /nowhere HTTP/1.1\n"), scope === "client");
  }
});

test("short_log switches from the next request on; the one that switches is logged in the old form", async ({ startProgram }) => {
  const program = await startProgram(LOGGED);
  const { port } = program;
  await ask(port, "POST /short_log/1", { content: "body of the switch" });
  await ask(port, "POST /set_cookie/a=b", { fields: "Cookie: x=y\r\n", content: "not to be logged" });
  await ask(port, "POST /short_log/0", { content: "not to be logged" });
  await ask(port, "POST /set_cookie/a=b", { content: "to be logged\nagain" });
  const { stdout } = await program.stop();
  const entries = stdout.split(/^(?=\d{4}-)/m).slice(1);
  assertEquals(entries.map((entry) => entry.split("\n").length > 2 ? "full" : "short"), [
    "full",
    "short",
    "short",
    "full",
  ]);
  assertStringIncludes(entries[0]!, "\n| \n| body of the switch\n");
  assertMatch(entries[1]!, / 200 POST \/set_cookie\/a=b x=y \d+ [\d.]+ms\n$/);
  assertStringIncludes(entries[3]!, "\n| to be logged\n| again\n");
});

test("the access log has every request, field names as sent, and no line that begins with client text", async ({ startProgram }) => {
  const program = await startProgram([...LOGGED, "--max-body-bytes", "10"]);
  const { port } = program;
  const requests = [
    "GET / HTTP/1.1\r\nHOST: a\r\nx-OdD: \x1b[31m\x7f\x85\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHOST: a\r\nx-OdD: v\r\nBad Field: x\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\x00\xff\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n0123456789ab",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nC\r\n0123456789ab\r\n0\r\n\r\n",
    "GET /a\x01b HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 6\r\n\r\n2025-1",
  ];
  const statuses: number[] = [];
  for (const request of requests) {
    const bytes = Uint8Array.from(request, (character) => character.charCodeAt(0));
    statuses.push(Number((await exchange(port, bytes)).slice(9, 12)));
  }
  const { stdout, stderr } = await program.stop();
  assertEquals(entryLines(stdout).map((line) => Number(line.split(" ")[3])), statuses);
  for (const line of stdout.trimEnd().split("\n").slice(1)) assertMatch(line, /^(\d{4}-\d\d-\d\dT|\| |\|! )/);
  assertMatch(stdout, /^[\n\x20-\x7e]*$/);
  for (
    const part of ["| x-OdD: v\n", "| HOST: a\n", "| 0123456789\n|! body cut after 10 bytes\n", "| 2025-1\n"]
  ) {
    assertStringIncludes(stdout, part);
  }
  const failures = entryLines(withoutLifeLines(stderr));
  assertEquals(failures.length, statuses.filter((status) => status >= 400).length);
  const ids = new Set(entryLines(stdout).map((line) => line.split(" ")[1]));
  assertEquals(ids.size, requests.length);
  for (const line of failures) assert(ids.has(line.split(" ")[2]), line);
});

test("content beyond the limit is refused as soon as it is announced, without waiting for it (RFC 9110 §15.5.14)", async ({ startProgram }) => {
  const program = await startProgram(["--access-log", "-", "--max-body-bytes", "10"]);
  const rows: readonly (readonly [request: string, status: number])[] = [
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n", 413],
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nabc", 413],
    ["PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n", 405],
  ];
  for (const [request, status] of rows) {
    const client = await connectRaw(program.port);
    await client.send(request);
    // The client can still send.
    assertEquals(Number((await client.readAll()).slice(9, 12)), status, request);
    client.close();
  }
  const { stdout } = await program.stop();
  assertEquals(
    entryLines(stdout).map((line) => Number(line.split(" ")[3])),
    rows.map(([, status]) => status),
  );
  assertStringIncludes(stdout, "|! body not read\n");
  assertStringIncludes(stdout, "| abc\n|! body cut after 3 bytes\n");
});
