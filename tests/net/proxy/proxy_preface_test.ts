import { assertEquals, assertThrows } from "@std/assert";
import { formatAddress, type NetAddress, unixAddress } from "../../../src/net/address.ts";
import { ConnectionError } from "../../../src/net/connection.ts";
import { MAX_PREFACE_BYTES, parsePreface } from "../../../src/net/proxy/proxy_preface.ts";
import { bytesOf } from "../../support/latin1.ts";
import { prefaceV2 } from "../../support/proxy_prefaces.ts";

function show(ends: { readonly remote: NetAddress; readonly local: NetAddress } | undefined): string {
  return ends === undefined ? "unknown" : `${formatAddress(ends.remote)} to ${formatAddress(ends.local)}`;
}

const GOOD: readonly (readonly [name: string, bytes: string, ends: string])[] = [
  ["IPv4", "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", "192.0.2.1:56324 to 198.51.100.1:443"],
  ["port 0", "PROXY TCP4 192.0.2.1 198.51.100.1 0 65535\r\n", "192.0.2.1:0 to 198.51.100.1:65535"],
  ["IPv6", "PROXY TCP6 2001:DB8::1 ::1 1 2\r\n", "[2001:db8::1]:1 to [::1]:2"],
  ["IPv4-mapped IPv6", "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n", "192.0.2.1:1 to 192.0.2.2:2"],
  ["UNKNOWN", "PROXY UNKNOWN\r\n", "unknown"],
  ["UNKNOWN with more", "PROXY UNKNOWN ffff:f...f ffff:f...f 65535 65535\r\n", "unknown"],
  [
    "version 2 over IPv4",
    prefaceV2(0x21, 0x11, "\xc0\x00\x02\x01\xc6\x33\x64\x01\x00\x50\x01\xbb"),
    "192.0.2.1:80 to 198.51.100.1:443",
  ],
  [
    "version 2 over IPv6",
    prefaceV2(0x21, 0x21, `\x20\x01\x0d\xb8${"\0".repeat(11)}\x01${"\0".repeat(15)}\x01\x00\x01\x00\x02`),
    "[2001:db8::1]:1 to [::1]:2",
  ],
  [
    "version 2 with extensions",
    prefaceV2(0x21, 0x11, `\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x00\x02\x04\x00\x02ab`),
    "1.2.3.4:1 to 5.6.7.8:2",
  ],
  [
    "version 2 over a unix socket",
    prefaceV2(0x21, 0x31, "/a".padEnd(108, "\0") + "/b".padEnd(108, "\0")),
    "unix:/a to unix:/b",
  ],
  ["LOCAL", prefaceV2(0x20, 0x00, ""), "unknown"],
  [
    "LOCAL with addresses",
    prefaceV2(0x20, 0x11, "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x00\x02"),
    "unknown",
  ],
  ["version 2 without a family", prefaceV2(0x21, 0x00, "whatever"), "unknown"],
  [
    "version 2 over UDP",
    prefaceV2(0x21, 0x12, "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x00\x02"),
    "unknown",
  ],
];

Deno.test("parsePreface() reads both versions, and needs neither more nor less than the preface", () => {
  for (const [name, text, ends] of GOOD) {
    const bytes = bytesOf(text);
    for (let size = 0; size < bytes.length; size++) {
      assertEquals(parsePreface(bytes.subarray(0, size)), undefined, `${name}, ${size} bytes`);
    }
    for (const rest of ["", "GET / HTTP/1.1\r\n", "PROXY UNKNOWN\r\n"]) {
      const preface = parsePreface(bytesOf(text + rest))!;
      assertEquals([preface.length, show(preface.ends)], [bytes.length, ends], name);
    }
  }
});

Deno.test("parsePreface() knows a unix socket without a name", () => {
  const { ends } = parsePreface(bytesOf(prefaceV2(0x21, 0x31, "\0".repeat(216))))!;
  assertEquals(ends, { remote: unixAddress(""), local: unixAddress("") });
});

Deno.test("parsePreface() refuses at the first impossible byte", () => {
  const rows: readonly (readonly [text: string, first: number])[] = [
    ["GET / HTTP/1.1\r\n", 1],
    ["\x16\x03\x01", 1],
    ["PRIXY", 3],
    ["PROXY\tTCP4", 6],
    ["\r\n\r\nG", 5],
    [prefaceV2(0x11, 0x11, ""), 13],
    [prefaceV2(0x22, 0x11, ""), 13],
    [prefaceV2(0x21, 0x41, ""), 14],
    [prefaceV2(0x21, 0x13, ""), 14],
    [`${prefaceV2(0x21, 0x11, "").slice(0, 14)}\x10\x00`, 16],
    [prefaceV2(0x21, 0x11, "too short"), 25],
    [prefaceV2(0x21, 0x21, "\0".repeat(35)), 51],
    [prefaceV2(0x21, 0x31, "\0".repeat(215)), 231],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", 31],
    [`PROXY UNKNOWN${" ".repeat(100)}\r\n`, 107],
    ["PROXY\r\n", 6],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", 30],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n", 34],
    ["PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n", 33],
    ["PROXY TCP4 ::1 5.6.7.8 1 2\r\n", 28],
    ["PROXY TCP6 1.2.3.4 ::1 1 2\r\n", 28],
    ["PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n", 33],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n", 33],
    ["PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", 36],
    ["PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", 32],
    ["PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n", 32],
  ];
  for (const [text, first] of rows) {
    const bytes = bytesOf(text);
    for (let size = 0; size < first; size++) {
      assertEquals(parsePreface(bytes.subarray(0, size)), undefined, `${text}, ${size} bytes`);
    }
    const error = assertThrows(
      () => parsePreface(bytes.subarray(0, first)),
      ConnectionError,
      undefined,
      text,
    );
    assertEquals((error as ConnectionError).code, "bad-preface");
  }
});

Deno.test("parsePreface() never waits for more bytes than a preface may have", () => {
  const longest = bytesOf(prefaceV2(0x21, 0x00, "x".repeat(MAX_PREFACE_BYTES - 16)));
  assertEquals(parsePreface(longest)!.length, MAX_PREFACE_BYTES);
  assertEquals(parsePreface(longest.subarray(0, -1)), undefined);
});
