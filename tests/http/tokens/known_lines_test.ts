// Field lines that a server knows are compared, not read: the result must be the same.

import { assertEquals } from "@std/assert";
import { KnownLines } from "../../../src/http/tokens/head/known_lines.ts";
import { RequestReader } from "../../../src/http/request/request_reader.ts";
import { bytesOf } from "../../support/latin1.ts";
import { Random } from "../../support/random.ts";
import { FAST } from "../../support/tokens.ts";

function viewOf(text: string): DataView {
  return new DataView(bytesOf(text).buffer);
}

/** The fields that a reader finds in a head with these lines. */
function fieldsOf(lines: readonly string[]): (readonly [string, string])[] {
  const head = `GET / HTTP/1.1\r\n${lines.join("")}\r\n`;
  const reader = new RequestReader(FAST);
  reader.buffer().set(bytesOf(head));
  reader.load(head.length);
  return [...reader.take()!.headers];
}

Deno.test("KnownLines finds the line that begins at an index, and only if all of it is there", () => {
  const lines = new KnownLines();
  const sent = "Accept-Language: en\r\nHost: localhost\r\n";
  lines.add(viewOf(sent), 0, { name: "Accept-Language", value: "en", length: 21 });
  assertEquals(lines.find(viewOf(sent), 0, sent.length)?.value, "en");
  assertEquals(lines.find(viewOf(sent), 0, 21)?.value, "en");
  assertEquals(lines.find(viewOf(sent), 0, 20), undefined);
  assertEquals(lines.find(viewOf(sent), 21, sent.length), undefined);
  for (let i = 0; i < 21; i++) {
    const changed = bytesOf(sent);
    changed[i]! ^= 1;
    assertEquals(lines.find(new DataView(changed.buffer), 0, sent.length), undefined, `byte ${i}`);
  }
});

const FORGOTTEN: readonly (readonly [claim: string, line: string])[] = [
  ["credentials", "Authorization: Basic YTpi\r\n"],
  ["credentials for a proxy", "proxy-authorization: Basic YTpi\r\n"],
  ["cookies", "COOKIE: session=0123456789\r\n"],
  ["a line beyond its room", `X-Long: ${"a".repeat(200)}\r\n`],
  ["a line as short as its name's first bytes", "Accept: *\r\n"],
];

for (const [claim, sent] of FORGOTTEN) {
  Deno.test(`KnownLines keeps nothing of ${claim}`, () => {
    const lines = new KnownLines();
    const view = viewOf(`${sent}Host: localhost\r\n`);
    lines.add(view, 0, { name: sent.slice(0, sent.indexOf(":")), value: "", length: sent.length });
    assertEquals(lines.find(view, 0, view.byteLength), undefined);
  });
}

Deno.test("RequestReader reads lines that were known, replaced and nearly the same as they were sent", () => {
  const random = new Random(7);
  const names = [
    "Host",
    "X-Request-Id",
    "x-request-id",
    "X-Request-Ix",
    "Accept-Language",
    "Accept-Encoding",
  ];
  for (let i = 0; i < 500; i++) {
    const sent = names.map((
      name,
    ): [string, string] => [name, "v".repeat(random.below(40)) + random.below(4)]);
    assertEquals(fieldsOf(sent.map(([name, value]) => `${name}: ${value}\r\n`)), sent);
  }
});

Deno.test("RequestReader takes a known line no longer when it is beyond the limit", () => {
  const line = `X-Limited: ${"a".repeat(60)}\r\n`;
  const head = bytesOf(`GET / HTTP/1.0\r\n${line}\r\n`);
  const statuses = [100, 50].map((maxFieldBytes) => {
    const reader = new RequestReader({ ...FAST, maxFieldBytes });
    reader.buffer().set(head);
    reader.load(head.length);
    return reader.take()!.refusal?.status;
  });
  assertEquals(statuses, [undefined, 431]);
});
