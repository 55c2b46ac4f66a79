import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canSharePorts } from "../../../src/program/workers/workers.ts";
import { ask } from "../../support/ask.ts";
import { connectRaw } from "../../support/loopback.ts";
import { checkCertificateRenewal } from "../../runtimes/certificate_renewal.ts";
import { except, test } from "../../runtimes/command_line.ts";
import { ROOT, withDirectory } from "../../support/program.ts";

// The folder that holds the default root.
const IN_ROOT = { directory: ROOT };
const withSharedPorts = except(canSharePorts() ? {} : { Deno: "no SO_REUSEPORT", Bun: "no SO_REUSEPORT" });
const LOGS_OFF = ["--access-log", "off", "--error-log", "off"];

// Flags of a failing start, and the message on stderr.
const MISTAKES: readonly (readonly [flags: readonly string[], message: string])[] = [
  [["-r", "no/such/folder"], 'bad value for --root: expected a readable folder, got "no/such/folder"'],
  [["-r", "mod.ts"], 'bad value for --root: expected a readable folder, got "mod.ts"'],
  [["--root", ""], "bad value for --root: expected a text, got nothing"],
  [["-w", "0"], 'bad value for --workers: expected a whole number from 1 to 256, got "0"'],
  [["-w", "two"], 'bad value for --workers: expected a whole number from 1 to 256, got "two"'],
  [["-w", "-1"], 'bad value for --workers: expected a whole number from 1 to 256, got "-1"'],
  [["--index", "a/b"], 'bad value for --index: expected file names separated by commas, got "a/b"'],
  [
    ["--spa", "nothing.html"],
    'bad value for --spa: expected a readable file below the root, got "nothing.html"',
  ],
  [
    ["--not-found", "../mod.ts"],
    'bad value for --not-found: expected a readable file below the root, got "../mod.ts"',
  ],
  [["--header", "no colon"], "bad value for --header: expected"],
  [["--header", "Content-Length: 1"], "bad value for --header: expected"],
  [["--header", "ETag: mine"], "bad value for --header: expected"],
  [["--header", "A: b\nC: d"], 'and none of the headers that only the server can know, got "A: b\\nC: d"'],
  [["--auth", "nobody"], "bad value for --auth: expected a name, a colon and a password"],
  [["--charset", "utf 8"], "bad value for --charset: expected the name of a charset"],
  [["--auth-file", "no/such"], 'bad value for --auth-file: expected a readable file, got "no/such"'],
  [["--auth-file", "LICENSE"], "bad value for --auth-file: expected lines name:hash with bcrypt hashes"],
  [["--redirects", "no/such"], 'bad value for --redirects: expected a readable file, got "no/such"'],
  [["--redirects", "LICENSE"], "bad value for --redirects: expected"],
  [["--base", "files"], 'bad value for --base: expected a path such as /files/, got "files"'],
  [["--type", "md"], "bad value for --type: expected an ending, = and a media type"],
  [["--type", ".md=text"], "bad value for --type: expected an ending, = and a media type"],
  [["--cache-control", "*.js="], "bad value for --cache-control: expected a header value"],
  [["--header", "*.js=X"], "bad value for --header: expected"],
  [["--symlinks", "all"], 'bad value for --symlinks: expected inside or deny or follow, got "all"'],
];

test("static ends with one line and code 2 when a flag cannot be used", async ({ runProgram }) => {
  await Promise.all(MISTAKES.map(async ([flags, message]) => {
    const { code, stdout, stderr } = await runProgram(
      ["static", ...LOGS_OFF, "--port", "0", ...flags],
      IN_ROOT,
    );
    assertEquals([code, stdout], [2, ""], flags.join(" "));
    assertStringIncludes(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  }));
});

test("static serves its docroot, announces itself, and stops on SIGTERM", async ({ startProgram }) => {
  const program = await startProgram(["static", ...LOGS_OFF], IN_ROOT);
  try {
    assertMatch(program.readyLine, /^millrace static listening on http:\/\/127\.0\.0\.1:\d+\/$/);
    const types = {
      "/": "text/html",
      "/style.css": "text/css",
      "/script.js": "text/javascript",
      "/race.jpg": "image/jpeg",
      "/dusk.jpeg": "image/jpeg",
      "/wheel.png": "image/png",
      "/turning.gif": "image/gif",
      "/film.swf": "application/x-shockwave-flash",
      "/notes%20with%20spaces.txt": "text/plain; charset=utf-8",
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, fields } = await ask(program.port, `GET ${path}`);
      assertEquals([status, fields.get("content-type")], [200, [type]], path);
      for (
        const name of [
          "date",
          "server",
          "content-length",
          "connection",
          "etag",
          "last-modified",
          "accept-ranges",
        ]
      ) {
        assertEquals(fields.get(name)?.length, 1, `${path} ${name}`);
      }
    }
    const head = await ask(program.port, "HEAD /");
    const get = await ask(program.port, "GET /");
    assertEquals([...head.fields.keys()], [...get.fields.keys()]);
    assertEquals([head.body, head.fields.get("content-length")], ["", get.fields.get("content-length")]);
  } finally {
    assertEquals((await program.stop()).code, 0);
  }
});

test("static cuts the connection when a file shrinks while it is sent", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    const path = join(directory, "large.bin");
    await writeFile(path, new Uint8Array(64_000_000));
    const program = await startProgram(["static", "-r", directory, ...LOGS_OFF]);
    const client = await connectRaw(program.port);
    try {
      await client.send("GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await client.readUntil("\r\n\r\n");
      await truncate(path, 1_000);
      const text = await client.readAll();
      assertStringIncludes(text, "Content-Length: 64000000\r\n");
      assert(text.length < 64_000_000, `${text.length} bytes came`);
      assertEquals((await ask(program.port, "GET /large.bin")).body.length, 1_000);
    } finally {
      client.close();
      await program.stop();
    }
  });
});

test("static logs requests in short form, and refused ones as errors", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    await writeFile(join(directory, "a.txt"), "text");
    const logs = { access: join(directory, "access.log"), error: join(directory, "error.log") };
    const flags = ["static", "-r", directory, "--access-log", logs.access, "--error-log", logs.error];
    const program = await startProgram(flags, { writable: [directory] });
    await ask(program.port, "GET /a.txt?q");
    await ask(program.port, "GET /nowhere");
    await ask(program.port, "DELETE /a.txt");
    await program.stop();
    const access = (await Deno.readTextFile(logs.access)).trimEnd().split("\n");
    assertEquals(access.map((line) => /(GET|DELETE) \S+/.exec(line)?.[0]), [
      "GET /a.txt?q",
      "GET /nowhere",
      "DELETE /a.txt",
    ]);
    const errors = await Deno.readTextFile(logs.error);
    assertStringIncludes(errors, " info ");
    assertStringIncludes(errors, " 405 DELETE /a.txt ");
    assertEquals(errors.includes("/nowhere"), false);
  });
});

withSharedPorts.test("static -w 2 responds from both workers, and both log whole lines into the same file", async ({ startProgram }) => {
  await withDirectory(async (directory) => {
    await writeFile(join(directory, "a.txt"), "text");
    const access = join(directory, "access.log");
    const flags = ["static", "-r", directory, "-w", "2", "--access-log", access, "--error-log", "off"];
    const program = await startProgram([...flags, "--log-format", "json"], { writable: [directory] });
    assertMatch(program.readyLine, /^millrace static listening on http:\/\/127\.0\.0\.1:\d+\/$/);
    const responses = await Promise.all(
      Array.from({ length: 200 }, (_, i) => ask(program.port, `GET /a.txt?${i}`)),
    );
    assertEquals(responses.filter(({ body }) => body === "text").length, 200);
    assertEquals((await program.stop()).code, 0);
    const entries: { id: string; url: string }[] = (await Deno.readTextFile(access)).trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals(new Set(entries.map(({ url }) => url)).size, 200);
    assertEquals(new Set(entries.map(({ id }) => id)).size, 200);
    assertEquals(new Set(entries.map(({ id }) => /-(w\d)-/.exec(id)?.[1])), new Set(["w1", "w2"]));
  });
});

withSharedPorts.test("static -w 2: all workers use a renewed certificate after SIGHUP", async ({ startProgram }) => {
  await checkCertificateRenewal(startProgram, ["static", "-r", join(ROOT, "docroot"), "-w", "2"]);
});

test("static -w 2 says in one line that the port is taken, and ends with code 1", async ({ runProgram }) => {
  // One server alone, and one that would share the port.
  for (const reusePort of [false, true]) {
    const other = Deno.listen({ hostname: "127.0.0.1", port: 0, reusePort });
    try {
      const port = String(other.addr.port);
      const { code, stderr } = await runProgram(["static", "-w", "2", "--port", port, ...LOGS_OFF], IN_ROOT);
      assertEquals([code, stderr], [
        1,
        `millrace: cannot open --port: port ${port} is already in use on 127.0.0.1\n`,
      ]);
    } finally {
      other.close();
    }
  }
});
