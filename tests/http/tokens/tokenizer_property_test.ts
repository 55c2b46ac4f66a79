import { assert, assertEquals, assertThrows } from "@std/assert";
import { LineReader } from "../../../src/http/tokens/line_reader.ts";
import { HttpTokenizer } from "../../../src/http/tokens/tokenizer.ts";
import { bytesOf } from "../../support/latin1.ts";

Deno.test("HttpTokenizer.push() gives nothing after an error, and end() nothing either", () => {
  const tokenizer = new HttpTokenizer();
  assertEquals(tokenizer.push(bytesOf("GET / HTTP/1.1\r\n\r\n")).at(-1)!.kind, "error");
  assertEquals(tokenizer.push(bytesOf("GET / HTTP/1.0\r\n\r\n")), []);
  assertEquals(tokenizer.end(), []);
});

Deno.test("HttpTokenizer.push() gives nothing after end()", () => {
  const tokenizer = new HttpTokenizer();
  assertEquals(tokenizer.end(), []);
  assertEquals(tokenizer.push(bytesOf("GET / HTTP/1.0\r\n\r\n")), []);
  assertEquals(tokenizer.end(), []);
});

Deno.test("HttpTokenizer.push() throws at a caller's mistake: an array of numbers is not bytes", () => {
  const tokenizer = new HttpTokenizer();
  tokenizer.push(bytesOf("GET / HTTP/1.0\r\n"));
  const numbers = [...bytesOf("Xq7-Z: seen by nobody\r\n")] as unknown as Uint8Array;
  assertThrows(() => tokenizer.push(numbers), TypeError);
});

Deno.test("HttpTokenizer tells how far it has read", () => {
  const tokenizer = new HttpTokenizer();
  tokenizer.push(bytesOf("\r\nGET / HTTP/1.0\r\nA: b\r\nC"));
  assertEquals([tokenizer.offset, tokenizer.pushedBytes, tokenizer.headStart], [25, 25, 2]);
  assertEquals({
    field: tokenizer.partialHead?.headers.get("a"),
    isBetweenMessages: tokenizer.isBetweenMessages,
  }, { field: "b", isBetweenMessages: false });
  tokenizer.push(bytesOf(": d\r\n\r\n"));
  assertEquals({
    offset: tokenizer.offset,
    partialHead: tokenizer.partialHead,
    isBetweenMessages: tokenizer.isBetweenMessages,
  }, { offset: 32, partialHead: undefined, isBetweenMessages: true });
});

// None of these inputs ends by itself: the bound must come from the limits.
const ENDLESS: readonly (readonly [name: string, head: string, rest: string])[] = [
  ["a method", "", "A"],
  ["a target", "GET /", "a"],
  ["empty lines", "", "\r\n"],
  ["a field name", "GET / HTTP/1.1\r\n", "A"],
  ["a field value", "GET / HTTP/1.1\r\nA: ", "a"],
  ["white space in a field", "GET / HTTP/1.1\r\nA:", " "],
  ["fields", "GET / HTTP/1.1\r\n", "A: b\r\n"],
  ["zeros of a chunk size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "0"],
  ["a chunk extension", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;", "a"],
  [
    "chunks of one byte with extensions",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "1;abcd\r\nx\r\n",
  ],
  ["a trailer", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ", "a"],
  ["trailers", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"],
];

for (const [name, head, rest] of ENDLESS) {
  Deno.test(`HttpTokenizer refuses ${name} without end before the limits are exceeded by much`, () => {
    const tokenizer = new HttpTokenizer();
    let last = tokenizer.push(bytesOf(head)).at(-1);
    const piece = bytesOf(rest);
    while (last?.kind !== "error" && tokenizer.pushedBytes < 100_000) {
      last = tokenizer.push(piece).at(-1) ?? last;
    }
    assertEquals(last?.kind, "error");
    assert(
      tokenizer.pushedBytes <= 16_384 + head.length + rest.length,
      `${tokenizer.pushedBytes} bytes were taken`,
    );
  });
}

Deno.test("LineReader.next() keeps no more of a line than its limit, in every split", () => {
  for (const size of [1, 7, 64, 1_000]) {
    const reader = new LineReader();
    let result = "more";
    while (result === "more") {
      reader.push(new Uint8Array(size).fill(0x61), size);
      result = reader.next(500);
      assert(reader.partialLength <= 500, `${reader.partialLength} bytes are kept`);
      assert(reader.partial.buffer.byteLength <= 500, `room for ${reader.partial.buffer.byteLength} bytes`);
    }
    assertEquals(result, "too-long");
    assertEquals(reader.partial.length, 500);
    assertEquals(reader.lineOffset, 0);
  }
});
