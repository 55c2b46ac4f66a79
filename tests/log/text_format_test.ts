import { tcpAddress } from "../../src/net/address.ts";
import { assertEquals } from "@std/assert";
import type { AccessEntry, LoggedRequest } from "../../src/log/entry.ts";
import { createTextFormat } from "../../src/log/text_format.ts";

const TIME_MS = Date.UTC(2026, 2, 1, 9, 30, 0, 123);

function accessEntry(changes: Partial<AccessEntry> = {}): AccessEntry {
  return {
    timeMs: TIME_MS,
    id: "mmbz5hsr-000",
    client: tcpAddress("127.0.0.1", 51_234),
    status: 200,
    method: "POST",
    url: "/short_log/1",
    cookies: [],
    bytes: 512,
    durationMs: 0.8125,
    ...changes,
  };
}

function fullEntry(
  head: string,
  body: string | Uint8Array<ArrayBuffer>,
  bodyEnd: LoggedRequest["bodyEnd"] = "whole",
): string {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return createTextFormat().access(accessEntry({ request: { head, body: bytes, bodyEnd } }));
}

const FIRST_LINE =
  "2026-03-01T09:30:00.123Z mmbz5hsr-000 127.0.0.1:51234 200 POST /short_log/1 - 512 0.813ms\n";

Deno.test("createTextFormat() writes the short form as one line of columns", () => {
  assertEquals(createTextFormat().access(accessEntry()), FIRST_LINE);
});

Deno.test("createTextFormat() writes cookies as one column, an IPv6 client in brackets, an unknown value as a dash", () => {
  const line = createTextFormat().access(accessEntry({
    client: tcpAddress("::1", 1),
    status: 400,
    method: "",
    url: "",
    cookies: [{ name: "bg_color", value: "green" }, { name: "a", value: "b c\x1b" }],
    bytes: 0,
    durationMs: 3,
  }));
  assertEquals(
    line,
    "2026-03-01T09:30:00.123Z mmbz5hsr-000 [::1]:1 400 - - bg_color=green;a=b\\x20c\\x1b 0 3ms\n",
  );
});

/** A request, and the lines after the first one. */
const FULL_ROWS: readonly (readonly [what: string, head: string, body: string, shown: string])[] = [
  ["a head", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "", "| GET / HTTP/1.1\n| Host: a\n| \n"],
  ["head and body", "POST / HTTP/1.1\r\n\r\n", "a=b", "| POST / HTTP/1.1\n| \n| a=b\n"],
  ["a body of lines", "P\r\n\r\n", "one\ntwo\r\n", "| P\n| \n| one\n| two\\r\n| \n"],
  ["a body that looks like an entry", "P\r\n\r\n", "x\n" + FIRST_LINE, `| P\n| \n| x\n| ${FIRST_LINE}| \n`],
  ["a body that looks like a remark", "P\r\n\r\n", "! a\n|! b", "| P\n| \n| ! a\n| |! b\n"],
  ["a lone LF and a lone CR in a head", "G\nx\ry\r\n\r\n", "", "| G\\nx\\ry\n| \n"],
  ["a head cut off", "GET / HT", "", "| GET / HT\n"],
  ["readable UTF-8", "P\r\n\r\n", "caf\u00e9 \u{1f600}", "| P\n| \n| caf\u00e9 \u{1f600}\n"],
  ["line separators other than LF", "P\r\n\r\n", "a\u2028b\u0085c", "| P\n| \n| a\\u2028b\\u0085c\n"],
  ["a head that was not understood", "", "", "|! head not understood\n"],
];

for (const [what, head, body, shown] of FULL_ROWS) {
  Deno.test(`createTextFormat() quotes ${what}`, () =>
    assertEquals(fullEntry(head, body), FIRST_LINE + shown));
}

Deno.test("createTextFormat() marks an incomplete body", () => {
  const shown = (bodyEnd: LoggedRequest["bodyEnd"]): string => fullEntry("P\r\n\r\n", "abc", bodyEnd);
  assertEquals(shown("cut"), FIRST_LINE + "| P\n| \n| abc\n|! body cut after 3 bytes\n");
  assertEquals(shown("broken"), FIRST_LINE + "| P\n| \n| abc\n|! body broken off after 3 bytes\n");
  assertEquals(fullEntry("P\r\n\r\n", "", "unread"), FIRST_LINE + "| P\n| \n|! body not read\n");
});

Deno.test("createTextFormat() begins no line of the full form with client text, whatever the bytes", () => {
  const random = createRandom(20_260_301);
  // Bytes that some programs take for a line end come up more often than others.
  const special = [
    0x0a,
    0x0d,
    0x0b,
    0x0c,
    0x00,
    0x1b,
    0x7f,
    0x85,
    0xc2,
    0xe2,
    0x80,
    0xa8,
    0xa9,
    0x7c,
    0x21,
    0x20,
    0x32,
  ];
  const randomBytes = (): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(
      { length: random(60) },
      () => random(2) === 0 ? special[random(special.length)]! : random(256),
    );
  for (let round = 0; round < 3_000; round++) {
    const head = String.fromCharCode(...randomBytes());
    const text = fullEntry(head, randomBytes(), "cut");
    assertEquals(text.endsWith("\n"), true);
    // Nothing else in the log ends a line, so line feeds are the only places to split.
    assertEquals(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), false);
    const lines = text.slice(0, -1).split("\n");
    assertEquals(lines.shift() + "\n", FIRST_LINE);
    assertEquals(lines.filter((line) => !line.startsWith("| ") && !line.startsWith("|! ")), []);
  }
});

/** Whole numbers from 0 up to the argument, the same in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

Deno.test("createTextFormat() writes an error with all its columns and its stack", () => {
  const line = createTextFormat().error({
    level: "error",
    timeMs: TIME_MS,
    id: "mmbz5hsr-000",
    client: tcpAddress("127.0.0.1", 51_234),
    status: 500,
    method: "GET",
    url: "/div/1/to/\xff",
    message: "Cannot divide: got\n\x1b[0m",
    stack: "Error: Cannot divide\n    at divide",
  });
  assertEquals(
    line,
    "2026-03-01T09:30:00.123Z error mmbz5hsr-000 127.0.0.1:51234 500 GET /div/1/to/\\xff Cannot divide: got\\n\\x1b[0m\n" +
      "| Error: Cannot divide\n|     at divide\n",
  );
});

Deno.test("createTextFormat() writes an error that belongs to no request, and a gap, as one line each", () => {
  const format = createTextFormat();
  assertEquals(
    format.error({ level: "fatal", timeMs: TIME_MS, message: "Cannot go on" }),
    "2026-03-01T09:30:00.123Z fatal - - - - - Cannot go on\n",
  );
  assertEquals(
    format.dropped(TIME_MS, 12),
    "2026-03-01T09:30:00.123Z dropped 12 records: the log could not be written\n",
  );
});

Deno.test("createTextFormat() writes a record of a chain as one line, with microseconds", () => {
  const format = createTextFormat();
  const entry = {
    timeMicros: TIME_MS * 1_000 + 45,
    level: "error",
    id: "i-1",
    where: "trap > query",
  } as const;
  assertEquals(
    format.chain({ ...entry, message: "got\r\n\x1b\xc3\xa4\xff" }),
    "2026-03-01T09:30:00.123045Z error i-1 trap > query: got\\r\\n\\x1b\u00e4\\xff\n",
  );
  assertEquals(
    format.chain({ ...entry, timeMicros: 0, message: "" }),
    "1970-01-01T00:00:00.000000Z error i-1 trap > query: \n",
  );
});
