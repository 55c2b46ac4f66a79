import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bytesOfLatin1 } from "../../../../src/servers/trap/page/client/text/bytes.js";
import { copyAsCurl } from "../../../../src/servers/trap/page/client/copy/copy_as_curl.js";
import type { CopyText } from "../../../../src/servers/trap/page/client/page_types.ts";
import {
  pasteableText,
  printfCommand,
  shellWord,
} from "../../../../src/servers/trap/page/client/copy/shell_words.js";
import type { RequestRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { within } from "../../../support/deadline.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { type Trap, withTrap } from "../trap_fixture.ts";

const SHELLS = (await Promise.all(["sh", "bash", "zsh"].map(async (name) => await runs(name) ? [name] : [])))
  .flat();
const hasCurl = SHELLS.length > 0 && await runs("curl");
const hasNetcat = SHELLS.length > 0 && await runs("nc");
if (!hasCurl) console.warn("copy_as_curl_test.ts skips tests: no curl; apt-get install curl");
if (!hasNetcat) console.warn("copy_as_curl_test.ts skips a test: no nc; apt-get install netcat-openbsd");

async function runs(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--help"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

async function runShell(shell: string, command: string): Promise<Uint8Array> {
  const child = new Deno.Command(shell, { args: ["-c", command], stdin: "null", stderr: "piped" }).output();
  return (await within(child, command)).stdout;
}

/** Characters that a shell, a terminal or curl may misread. */
const WORDS: readonly string[] = [
  "plain-word_1.2/3",
  "",
  "it's $HOME `id` $(id) \\ \" ! * ? ~ # & ; | < > ( ) { } [ ]",
  "-n",
  "%s %d %% \\x41 \\101",
  "tab\tand\rreturn\x1b[31m",
  "caf\xc3\xa9",
  "latin1 \xe9\xff",
  "\xe2\x80\xaetfel",
  "two\nlines",
  "-\x01",
];

Deno.test({
  name: "shellWord() and printfCommand() arrive unchanged in every shell",
  ignore: SHELLS.length === 0,
  fn: async () => {
    for (const shell of SHELLS) {
      for (const word of WORDS) {
        const said = await runShell(shell, `printf %s ${word === "" ? "''" : shellWord(word)}`);
        assertEquals(said, bytesOf(word), `${shell}: ${JSON.stringify(word)}`);
      }
      const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
      assertEquals(await runShell(shell, printfCommand(all)), bytesOf(all));
    }
  },
});

Deno.test("shellWord() quotes text, and leaves characters that a terminal acts upon to printf", () => {
  assertEquals(shellWord("a=1"), "a=1");
  assertEquals(shellWord("it's"), "'it'\\''s'");
  assertEquals(shellWord("\x1b]"), `"$(printf '\\033]')"`);
  assertEquals([pasteableText("a\nb"), pasteableText("a\tb"), pasteableText("\xff")], [
    "a\nb",
    undefined,
    undefined,
  ]);
});

/** The parts that a request and curl's copy of it have in common. */
function essence({ method, target, version, headers, bodyBytes }: RequestRecord): unknown {
  const fields = headers.map(([name, value]) => `${name}: ${value}`).sort();
  return { method, target, version, fields, bodyBytes };
}

async function copyOf(trap: Trap, record: RequestRecord): Promise<CopyText> {
  const path = `/api/requests/${record.id}`;
  const [raw, body] = await Promise.all(["raw", "body"].map(async (what) => {
    const bytes = await (await trap.call(`${path}/${what}`)).bytes();
    return { bytes, totalBytes: bytes.length };
  }));
  return copyAsCurl({
    record,
    raw: raw!,
    body: body!,
    trapUrl: `http://127.0.0.1:${trap.port}/`,
    apiUrl: `http://127.0.0.1:${trap.uiPort}/`,
  });
}

const HOST = "Host: trap.test\r\n";

const REQUESTS: readonly (readonly [claim: string, request: string])[] = [
  ["the simplest", `GET / HTTP/1.1\r\n${HOST}\r\n`],
  [
    "fields in their spelling, twice, empty",
    `GET /a?b=c&d HTTP/1.1\r\n${HOST}x-A: 1\r\nX-a: it's\r\nX-Empty:\r\n\r\n`,
  ],
  ["fields that curl adds by itself", `POST /api HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\na=b`],
  ["HEAD", `HEAD /h HTTP/1.1\r\n${HOST}\r\n`],
  ["HTTP/1.0 without Host", "GET /old HTTP/1.0\r\nAccept: */*\r\n\r\n"],
  ["another method", `BREW /pot HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`],
  ["GET with content", `GET /q HTTP/1.1\r\n${HOST}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi`],
  ["content that begins with @", `POST /at HTTP/1.1\r\n${HOST}Content-Length: 12\r\n\r\n@/etc/passwd`],
  ["content for a shell", `POST /sh HTTP/1.1\r\n${HOST}Content-Length: 17\r\n\r\n'; id; $(id) \`id\``],
  [
    "content of all kinds of bytes",
    `POST /bin HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\n\0\x01\r\n%'\\\xff-`,
  ],
  ["chunks", `POST /c HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`],
  ["dots in the path", `GET /a/../b/./c HTTP/1.1\r\n${HOST}\r\n`],
  ["brackets and braces", `GET /{a,b}[1-3]?q=[x] HTTP/1.1\r\n${HOST}\r\n`],
  ["absolute form", `GET http://trap.test/x HTTP/1.1\r\n${HOST}\r\n`],
  ["asterisk form", `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`],
  ["field values beyond ASCII", `GET / HTTP/1.1\r\n${HOST}X-U: \xc3\xbc\r\nX-L: \xfc\r\nX-T: a\tb\r\n\r\n`],
  [
    "long content",
    `POST /long HTTP/1.1\r\n${HOST}Content-Length: 40000\r\n\r\n${"0123456789".repeat(4_000)}`,
  ],
];

for (const [claim, request] of REQUESTS) {
  Deno.test({
    name: `copyAsCurl() sends the same again: ${claim}`,
    ignore: !hasCurl,
    fn: () =>
      withTrap({}, async (trap) => {
        const close = request.includes("HTTP/1.0")
          ? request
          : request.replace(HOST, `${HOST}Connection: close\r\n`);
        await exchange(trap.port, bytesOf(close));
        const [first] = await trap.records(1);
        const { text } = await copyOf(trap, first!);
        await runShell(SHELLS[0]!, text);
        const [, second] = await trap.records(2);
        assertEquals(essence(second!), essence(first!), text);
        const bodies = await Promise.all([first, second].map(async (record) =>
          await (await trap.call(`/api/requests/${record!.id}/body`)).bytes()
        ));
        assertEquals(bodies[1], bodies[0]);
      }),
  });
}

Deno.test({
  name: "copyAsCurl() uses nc for requests that curl cannot send: the bytes are the same",
  ignore: !hasNetcat,
  fn: () =>
    withTrap({}, async (trap) => {
      await exchange(trap.port, bytesOf("GET /odd HTTP/1.1\r\nHost : '%\xff\x01\r\n\r\n"));
      const [first] = await trap.records(1);
      const { text, notes } = await copyOf(trap, first!);
      assertMatch(notes[0]!, /curl cannot send a request that is malformed/);
      await runShell(SHELLS[0]!, text);
      const [, second] = await trap.records(2);
      assertEquals([second!.sha256, second!.end], [first!.sha256, "malformed"]);
    }),
});

Deno.test("copyAsCurl() names the parts that it cannot carry", () =>
  withTrap({ maxBodyBytes: 4 }, async (trap) => {
    await exchange(
      trap.port,
      `POST /t HTTP/1.1\r\n${HOST}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\nX-T: 1\r\n\r\n`,
    );
    const [record] = await trap.records(1);
    const { notes } = await copyOf(trap, record!);
    for (const part of ["trailer section", "its own chunks", "Only the first 4 bytes"]) {
      assertStringIncludes(notes.join("\n"), part);
    }
  }));

Deno.test("copyAsCurl() fetches large requests from the API, also for nc", () => {
  const record = { id: "an-id", end: "aborted", method: "", version: "", headers: [], trailers: [] };
  const { text } = copyAsCurl({
    record: record as unknown as RequestRecord,
    raw: { bytes: bytesOfLatin1("x"), totalBytes: 5_000_000 },
    body: { bytes: bytesOfLatin1(""), totalBytes: 0 },
    trapUrl: "http://[::1]:5000/",
    apiUrl: "http://localhost:5001/",
  });
  assertEquals(text, "curl -s http://localhost:5001/api/requests/an-id/raw | nc ::1 5000");
});
