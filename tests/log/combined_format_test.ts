import { assertEquals } from "@std/assert";
import { createCombinedFormat } from "../../src/log/combined_format.ts";
import type { AccessEntry } from "../../src/log/entry.ts";
import { tcpAddress } from "../../src/net/address.ts";

const ENTRY: AccessEntry = {
  timeMs: Date.UTC(2026, 2, 1, 9, 30, 0, 123),
  id: "one",
  client: tcpAddress("127.0.0.1", 51_234),
  status: 200,
  method: "GET",
  url: "/a?b",
  cookies: [],
  bytes: 512,
  durationMs: 1,
  details: { protocol: "HTTP/1.1", host: "a", referer: "http://r/", userAgent: "curl/8", proxy: undefined },
};

Deno.test("createCombinedFormat() writes Apache's combined format", () => {
  const rows: [changes: Partial<AccessEntry>, line: string][] = [
    [{}, '127.0.0.1 - - [01/Mar/2026:09:30:00 +0000] "GET /a?b HTTP/1.1" 200 512 "http://r/" "curl/8"'],
    [
      { bytes: 0, status: 304, client: tcpAddress("::1", 1) },
      '::1 - - [01/Mar/2026:09:30:00 +0000] "GET /a?b HTTP/1.1" 304 - "http://r/" "curl/8"',
    ],
    [
      { method: "", url: "", status: 400, details: undefined },
      '127.0.0.1 - - [01/Mar/2026:09:30:00 +0000] "-" 400 512 "-" "-"',
    ],
    [
      {
        url: '/"\\\x01\xff',
        details: { ...ENTRY.details!, referer: undefined, userAgent: 'a "b" \\' },
      },
      '127.0.0.1 - - [01/Mar/2026:09:30:00 +0000] "GET /\\"\\\\\\x01\\xff HTTP/1.1" 200 512 "-" "a \\"b\\" \\\\"',
    ],
  ];
  const format = createCombinedFormat();
  for (const [changes, line] of rows) assertEquals(format({ ...ENTRY, ...changes }), line + "\n");
});

Deno.test("createCombinedFormat() keeps to one line, whatever a client sends", () => {
  const format = createCombinedFormat();
  const everyByte = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  const line = format({
    ...ENTRY,
    url: everyByte,
    details: { ...ENTRY.details!, referer: everyByte, userAgent: everyByte },
  });
  assertEquals(/^[\x20-\x7e]*\n$/.test(line), true);
  const unescaped = line.replaceAll(/\\./g, "");
  assertEquals(unescaped.split('"').length, 7);
});
