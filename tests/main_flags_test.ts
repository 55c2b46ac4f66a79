import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "./support/certificate.ts";
import { exchange } from "./support/loopback.ts";
import { except, test } from "./runtimes/command_line.ts";
import { withDirectory } from "./support/program.ts";

const LINE = /^millrace: [^\n]+\n$/;

test("main() says in one line which flag is wrong and what was expected, exit code 2", async ({ runProgram }) => {
  const rows: [args: string[], parts: string[]][] = [
    [["--nonsense"], ["--nonsense"]],
    [["--prot", "80"], ["--prot", "--port"]],
    [["--port"], ["--port", "0 to 65535"]],
    [["--port", "65536"], ["--port", "0 to 65535", "65536"]],
    [["--port", "-1"], ["--port"]],
    [["--port", "80a"], ["--port", "80a"]],
    [["--port="], ["--port"]],
    [["--port", "1e3"], ["--port"]],
    [["--port", "8888", "stray"], ["stray"]],
    [["app", "stray"], ["stray"]],
    [["nonsense"], ["nonsense", "app"]],
    [["statc"], ["statc", "did you mean static?"]],
    [["--log-format", "jsno"], ["--log-format", "did you mean json?"]],
    [["completions", "tcsh"], ["SHELL", "bash"]],
    [["-x"], ["-x"]],
    [["--host="], ["--host"]],
    [["--log-format", "xml"], ["--log-format", "text or json"]],
    [["--non-http", "maybe"], ["--non-http", "exit or close"]],
    [["--scope", "everybody"], ["--scope", "client or global"]],
    [["--max-head-bytes", "0"], ["--max-head-bytes"]],
    [["--grace-ms", "soon"], ["--grace-ms"]],
    [["--help=yes"], ["--help"]],
    [["--tls-cert", "x.pem"], ["--tls-key"]],
    [["--tls-key", "x.pem"], ["--tls-cert"]],
    [["--tls-cert", "/nowhere/x.pem", "--tls-key", "x.pem"], ["--tls-cert", "/nowhere/x.pem"]],
    [["--host", "192.0.2.1", "--port", "0"], ["--host", "192.0.2.1"]],
    [["--port.a", "1"], ["--port.a"]],
    [["--__proto__=1"], ["__proto__"]],
    [["--toString"], ["--toString"]],
    [["--no-help"], ["--no-help"]],
    [["--help", "false"], ["--help", "false"]],
    [["--port", "0", "--"], ["--"]],
    [["--host", "no host"], ["--host", "no host"]],
  ];
  const runs = rows.map(async ([args, parts]) => ({ args, parts, ended: await runProgram(args) }));
  for (const { args, parts, ended } of await Promise.all(runs)) {
    const { code, stdout, stderr } = ended;
    assertEquals([code, stdout], [2, ""], `${args.join(" ")}: ${stderr}`);
    assertMatch(stderr, LINE, args.join(" "));
    for (const part of parts) assertStringIncludes(stderr, part, args.join(" "));
  }
});

except({ Bun: "takes a first -- for itself" }).test(
  "main() refuses -- in front of its flags",
  async ({ runProgram }) => {
    const { code, stderr } = await runProgram(["--", "--port", "0"]);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, LINE);
  },
);

test("main() names the flag of a file that holds no certificate, exit code 2", async ({ runProgram }) => {
  await withDirectory(async (directory) => {
    const path = `${directory}/no.pem`;
    await Deno.writeTextFile(path, "no certificate");
    const off = ["--access-log", "off", "--error-log", "off", "--port", "0"];
    const { code, stderr } = await runProgram([...off, "--tls-cert", path, "--tls-key", path]);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, LINE);
    assertStringIncludes(stderr, `--tls-cert: expected a PEM file with a certificate, got "${path}"`);
  });
});

test("main() says in one line that the port is in use, exit code 1", async ({ runProgram }) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(listener.addr.port);
  const { code, stdout, stderr } = await runProgram([
    "--port",
    port,
    "--access-log",
    "off",
    "--error-log",
    "off",
  ]);
  listener.close();
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, LINE);
  assertStringIncludes(stderr, port);
});

test("main() prints help and version on stdout, exit code 0", async ({ runProgram }) => {
  const rows: [args: string[], parts: string[]][] = [
    [["--help"], ["millrace static", "--host", "--port", "--access-log", "--tls-cert", "8888 app"]],
    [["app", "--help"], ["--non-http", "--scope", "--write-timeout-ms", "8888"]],
    [["help", "static"], ["[FOLDER]", "--root", "--compress", "--max-head-bytes"]],
    [["metrics", "-p", "1", "-h"], ["--retention", "--grace-ms"]],
  ];
  for (const [args, parts] of rows) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals([code, stderr], [0, ""], args.join(" "));
    for (const part of parts) assertStringIncludes(stdout, part, args.join(" "));
  }
  for (const args of [["--version"], ["-V"], ["version"], ["trap", "-V"]]) {
    const version = await runProgram(args);
    assertEquals([version.code, version.stderr], [0, ""]);
    assertMatch(version.stdout, /^millrace \d+\.\d+\.\d+\n$/);
  }
});

test("main() takes flags from the environment, the flag wins, a bad value names the variable", async (commandLine) => {
  const { startProgram, runProgram } = commandLine;
  const quiet = {
    MILLRACE_ACCESS_LOG: "off",
    MILLRACE_ERROR_LOG: "off",
    MILLRACE_PORT: "0",
    PORT: "nonsense",
  };
  const program = await startProgram([], { environment: quiet });
  assertMatch(await exchange(program.port, "GET / HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
  assertEquals(await program.stop(), { code: 0, stdout: `${program.readyLine}\n`, stderr: "" });
  const bad = { ...quiet, MILLRACE_MAX_BODY_BYTES: "plenty" };
  const { code, stderr } = await runProgram([], { environment: bad });
  assertEquals(code, 2);
  assertMatch(stderr, LINE);
  assertStringIncludes(stderr, "MILLRACE_MAX_BODY_BYTES");
});

test("main() never prints a secret", async ({ runProgram }) => {
  for (
    const args of [["static", "--auth", "hunter2"], ["static", "--auth=hunter2"], [
      "static",
      "--aut",
      "hunter2",
    ]]
  ) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals({ code, stdout, includesHunter2: stderr.includes("hunter2") }, {
      code: 2,
      stdout: "",
      includesHunter2: false,
    }, stderr);
  }
});

test("main() prints one ready line with the real port, for mod.ts and mod.ts app", async ({ startProgram }) => {
  for (const command of [[], ["app"]]) {
    const program = await startProgram([...command, "--access-log", "off", "--error-log", "off"]);
    assertMatch(program.readyLine, /^millrace app listening on http:\/\/127\.0\.0\.1:\d+\/$/);
    assertMatch(await exchange(program.port, "GET / HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
    const { code, stdout, stderr } = await program.stop();
    assertEquals([code, stdout, stderr], [0, `${program.readyLine}\n`, ""]);
  }
});

/** Whether this system has IPv6; many containers have none. */
function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrNotAvailable) return false;
    throw error;
  }
}

test("main() takes the host from a name or an IPv6 address", async ({ startProgram }) => {
  const rows = [
    ["localhost", /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+\/$/],
    ["::1", /^http:\/\/\[::1\]:\d+\/$/],
  ] as const;
  for (const [host, url] of rows) {
    if (host === "::1" && !hasIpv6()) {
      console.log("skipped: this system has no ::1");
      continue;
    }
    const program = await startProgram(["--host", host, "--access-log", "off", "--error-log", "off"]);
    const address = program.readyLine.replace("millrace app listening on ", "");
    assertMatch(address, url);
    const response = await fetch(address);
    assertEquals(response.status, 200);
    await response.body?.cancel();
    assertEquals((await program.stop()).code, 0);
  }
});

test("main() serves over TLS with --tls-cert and --tls-key", async ({ startProgram }) => {
  const tls = await makeCertificate();
  if (tls === undefined) return console.log("skipped: the openssl command is not installed");
  await withDirectory(async (directory) => {
    const [cert, key] = [`${directory}/cert.pem`, `${directory}/key.pem`];
    await Deno.writeTextFile(cert, tls.cert);
    await Deno.writeTextFile(key, tls.key);
    const program = await startProgram([
      "--tls-cert",
      cert,
      "--tls-key",
      key,
      "--access-log",
      "off",
      "--error-log",
      "off",
    ]);
    assertMatch(program.readyLine, /https:\/\/127\.0\.0\.1:\d+\/$/);
    const client = Deno.createHttpClient({ caCerts: [tls.cert] });
    const response = await fetch(`https://127.0.0.1:${program.port}/div/9/to/4`, { client });
    assertStringIncludes(await response.text(), "9 / 4 = 2.25");
    client.close();
    assertEquals((await program.stop()).code, 0);
  });
});
