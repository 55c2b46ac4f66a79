import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkCertificateRenewal } from "./runtimes/certificate_renewal.ts";
import { readLogUntil } from "./support/log_lines.ts";
import { connectRaw, exchange, untilRefused } from "./support/loopback.ts";
import { within } from "./support/deadline.ts";
import { startProgram, withDirectory } from "./support/program.ts";
import { test } from "./runtimes/command_line.ts";

const QUIET = ["--access-log", "off", "--error-log", "off"];

// A request whose content is still arriving when the signal comes.
const HALF = "POST /short_log/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab";

test("main() exits 0 on SIGINT and SIGTERM, and idle connections do not delay it", async ({ startProgram }) => {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    const program = await startProgram([...QUIET, "--grace-ms", "600000", "--idle-timeout-ms", "600000"]);
    const untouched = await connectRaw(program.port);
    const idle = await connectRaw(program.port);
    await idle.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
    await idle.readUntil("</html>");
    program.signal(name);
    assertEquals((await program.ended).code, 0);
    assertEquals(await untouched.readAll(), "");
    idle.close();
    untouched.close();
  }
});

test("main() finishes a running request on SIGTERM, logs it, and exits 0", async ({ startProgram }) => {
  const program = await startProgram(["--access-log", "-", "--error-log", "-", "--grace-ms", "600000"]);
  const client = await connectRaw(program.port);
  // The first response shows that the bytes after it have been read too.
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + HALF);
  await client.readUntil("</html>");
  program.signal("SIGTERM");
  await untilRefused(program.port);
  await client.send("cd");
  assertMatch(await client.readAll(), /Access log: short/);
  client.close();
  const { code, stdout } = await program.ended;
  assertEquals(code, 0);
  assertStringIncludes(stdout, " 200 POST /short_log/1 ");
  assertStringIncludes(stdout, "| abcd\n");
});

test("main() cuts a request that does not finish within the grace time, and exits 0", async ({ startProgram }) => {
  const program = await startProgram([...QUIET, "--grace-ms", "100"]);
  const client = await connectRaw(program.port);
  await client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHo");
  await client.readUntil("</html>");
  program.signal("SIGTERM");
  assertEquals((await program.ended).code, 0);
  await client.readAll();
  client.close();
});

test("main() logs a request that the grace time cut off", async ({ startProgram }) => {
  const program = await startProgram(["--access-log", "-", "--error-log", "-", "--grace-ms", "100"]);
  const client = await connectRaw(program.port);
  await client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" + HALF);
  await client.readUntil("</html>");
  program.signal("SIGTERM");
  const { code, stdout } = await program.ended;
  assertEquals(code, 0);
  assertStringIncludes(stdout, " 400 POST /short_log/1 ");
  assertStringIncludes(stdout, "| ab\n|! body broken off after 2 bytes\n");
  await client.readAll();
  client.close();
});

test("main() exits at once with 128 and the signal's number on a second signal", async ({ startProgram }) => {
  for (const [name, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    const program = await startProgram([...QUIET, "--grace-ms", "600000"]);
    const client = await connectRaw(program.port);
    await client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHo");
    await client.readUntil("</html>");
    program.signal("SIGTERM");
    await untilRefused(program.port);
    program.signal(name);
    assertEquals((await program.ended).code, code);
    client.close();
  }
});

test("main() reads the certificate again on SIGHUP, and keeps the old one if the new file holds none", async ({ startProgram }) => {
  await checkCertificateRenewal(startProgram, []);
});

Deno.test("main() closes the debugger that Deno opens at SIGUSR1, without a permission for it", async () => {
  const program = await startProgram(["app", ...QUIET]);
  const untilOpened = async (): Promise<void> => {
    while (!program.stderr.includes("Debugger listening")) {
      program.signal("SIGUSR1");
      await exchange(program.port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
  };
  await within(untilOpened(), "the debugger");
  const port = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(program.stderr)![1];
  await untilRefused(Number(port));
  assertEquals((await program.stop()).code, 0);
});

test("main() opens its logs again on SIGHUP and SIGUSR1", async ({ startProgram, runtime }) => {
  await withDirectory(async (directory) => {
    const [access, error] = [`${directory}/a.log`, `${directory}/e.log`];
    const flags = ["--access-log", access, "--error-log", error, "--log-format", "combined"];
    const program = await startProgram(flags, { writable: [directory] });
    const ask = (path: string): Promise<string> =>
      exchange(program.port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    // Deno 2.9 opens its debugger at SIGUSR1, whatever a program does.
    const signals = runtime === "Deno" ? ["SIGHUP"] as const : ["SIGHUP", "SIGUSR1"] as const;
    for (const [turn, signal] of signals.entries()) {
      await ask(`/before${turn}`);
      await Deno.rename(access, `${access}.${turn}`);
      program.signal(signal);
      await readLogUntil(error, new RegExp(`(opened again[^]*){${turn + 1}}`));
      await ask(`/after${turn}`);
      await readLogUntil(access, `/after${turn} `);
      assertStringIncludes(await Deno.readTextFile(`${access}.${turn}`), `/before${turn} `);
    }
    const { code, stderr } = await program.stop();
    assertEquals([code, stderr], [0, ""]);
  });
});
