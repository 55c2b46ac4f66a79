import { tcpAddress } from "../../src/net/address.ts";
import { assertEquals } from "@std/assert";
import type { AccessEntry } from "../../src/log/entry.ts";
import { createJsonFormat } from "../../src/log/json_format.ts";

const ENTRY: AccessEntry = {
  timeMs: Date.UTC(2026, 2, 1, 9, 30, 0, 123),
  id: "mmbz5hsr-000",
  client: tcpAddress("127.0.0.1", 51_234),
  status: 200,
  method: "POST",
  url: "/a?b=\xc3\xa9",
  cookies: [{ name: "bg_color", value: "green" }, { name: "bg_color", value: "red" }, {
    name: "__proto__",
    value: "x",
  }],
  bytes: 512,
  durationMs: 0.8125,
};

function parseLine(line: string): Record<string, unknown> {
  assertEquals(line.indexOf("\n"), line.length - 1);
  return JSON.parse(line);
}

Deno.test("createJsonFormat() writes the short form as one object a line", () => {
  const parsed = parseLine(createJsonFormat().access(ENTRY));
  assertEquals(Object.keys(parsed), [
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
  ]);
  assertEquals({ ...parsed, cookies: undefined }, {
    time: "2026-03-01T09:30:00.123Z",
    id: "mmbz5hsr-000",
    level: "info",
    client: "127.0.0.1:51234",
    method: "POST",
    url: "/a?b=\u00e9",
    cookies: undefined,
    status: 200,
    bytes: 512,
    durationMs: 0.813,
  });
  assertEquals(JSON.stringify(parsed["cookies"]), '{"bg_color":"green","__proto__":"x"}');
});

Deno.test("createJsonFormat() adds head and body in full form, and says how an incomplete body ended", () => {
  const head = "POST / HTTP/1.1\r\n\r\n";
  const body = new TextEncoder().encode("a\n\u2028\x1b\x7f");
  const line = createJsonFormat().access({ ...ENTRY, cookies: [], request: { head, body, bodyEnd: "cut" } });
  const parsed = parseLine(line);
  assertEquals(/[\p{Cc}\p{Zl}]/u.test(line.slice(0, -1)), false);
  assertEquals(
    [parsed["head"], parsed["body"], parsed["bodyEnd"], parsed["cookies"]],
    [head, "a\n\u2028\x1b\x7f", "cut", {}],
  );
  const whole = createJsonFormat().access({ ...ENTRY, request: { head, body, bodyEnd: "whole" } });
  assertEquals("bodyEnd" in parseLine(whole), false);
});

Deno.test("createJsonFormat() writes the known parts of an error", () => {
  const { timeMs, id, client } = ENTRY;
  const format = createJsonFormat();
  const whole = format.error({
    level: "warn",
    timeMs,
    id,
    client,
    status: 404,
    method: "GET",
    url: "/x",
    message: "no\n\x85",
    stack: "at x",
  });
  assertEquals(parseLine(whole), {
    time: "2026-03-01T09:30:00.123Z",
    id,
    level: "warn",
    client: "127.0.0.1:51234",
    method: "GET",
    url: "/x",
    status: 404,
    message: "no\n\x85",
    stack: "at x",
  });
  assertEquals(parseLine(format.error({ level: "fatal", timeMs, message: "Cannot go on" })), {
    time: "2026-03-01T09:30:00.123Z",
    level: "fatal",
    message: "Cannot go on",
  });
});

Deno.test("createJsonFormat() writes a gap as an object too", () => {
  const parsed = parseLine(createJsonFormat().dropped(ENTRY.timeMs, 3));
  assertEquals([parsed["dropped"], parsed["level"]], [3, "error"]);
});

Deno.test("createJsonFormat() writes a record of a chain with the fields of the text form", () => {
  const timeMicros = ENTRY.timeMs * 1_000 + 45;
  const entry = {
    timeMicros,
    level: "error",
    id: "i-1",
    where: "trap > query",
    message: '"\x7f\xc2\x85',
  } as const;
  const line = createJsonFormat().chain(entry);
  assertEquals(parseLine(line), {
    time: "2026-03-01T09:30:00.123045Z",
    level: "error",
    id: "i-1",
    where: "trap > query",
    message: '"\x7f\x85',
  });
  assertEquals(line.includes("\x7f"), false);
});
