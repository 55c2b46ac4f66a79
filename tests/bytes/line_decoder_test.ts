import { assertEquals, assertThrows } from "@std/assert";
import { LineDecoder } from "../../src/bytes/line_decoder.ts";

interface Row {
  readonly claim: string;
  readonly input: string;
  /** The lines in order; null is a line that was too long. */
  readonly lines: readonly (string | null)[];
  readonly rest?: boolean;
}

// With maxLineBytes 8.
const ROWS: readonly Row[] = [
  { claim: "gives nothing for nothing", input: "", lines: [] },
  { claim: "ends a line with LF", input: "one\ntwo\n", lines: ["one", "two"] },
  { claim: "ends a line with CR LF", input: "one\r\ntwo\r\n", lines: ["one", "two"] },
  { claim: "keeps CR inside a line", input: "a\rb\n\rc\n", lines: ["a\rb", "\rc"] },
  { claim: "takes one CR only from the end", input: "a\r\r\n", lines: ["a\r"] },
  { claim: "gives empty lines", input: "\n\r\n\n", lines: ["", "", ""] },
  { claim: "holds back the last line until it ends", input: "one\ntw", lines: ["one"], rest: true },
  { claim: "takes a line of the full length", input: "12345678\n", lines: ["12345678"] },
  { claim: "does not count the CR LF", input: "12345678\r\n", lines: ["12345678"] },
  { claim: "refuses one byte more", input: "123456789\nok\n", lines: [null, "ok"] },
  { claim: "counts a CR that is no line end", input: "12345678\r9\n", lines: [null] },
  { claim: "counts the first of two CR", input: "12345678\r\r\n", lines: [null] },
  {
    claim: "drops a long line to its end",
    input: `${"x".repeat(100)}\r\nafter\n`,
    lines: [null, "after"],
  },
  {
    claim: "says nothing of a long line without end",
    input: `ok\n${"x".repeat(100)}`,
    lines: ["ok"],
    rest: true,
  },
  { claim: "keeps bytes that are not text", input: "\0\x80\xff\n", lines: ["\0\x80\xff"] },
];

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function decode(chunks: readonly Uint8Array[]): { lines: (string | null)[]; rest: boolean } {
  const decoder = new LineDecoder({ maxLineBytes: 8 });
  const lines: (string | null)[] = [];
  for (const chunk of chunks) {
    for (const line of decoder.push(chunk)) {
      lines.push(line.kind === "too-long" ? null : String.fromCharCode(...line.bytes));
    }
  }
  return { lines, rest: decoder.hasPartialLine };
}

for (const { claim, input, lines, rest = false } of ROWS) {
  Deno.test(`LineDecoder ${claim}, however the bytes are split`, () => {
    const bytes = toBytes(input);
    const expected = { lines: [...lines], rest };
    assertEquals(decode([bytes]), expected);
    assertEquals(decode(Array.from(bytes, (byte) => Uint8Array.of(byte))), expected);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assertEquals(decode([bytes.subarray(0, cut), bytes.subarray(cut)]), expected, `cut at ${cut}`);
    }
  });
}

Deno.test("LineDecoder joins a long line that is split many times", () => {
  const decoder = new LineDecoder();
  const line = "0123456789".repeat(6_000);
  const lines: string[] = [];
  const bytes = toBytes(`${line}\n${line}\n`);
  for (let at = 0; at < bytes.length; at += 777) {
    for (const found of decoder.push(bytes.subarray(at, at + 777))) {
      lines.push(found.kind === "line" ? new TextDecoder().decode(found.bytes) : "too long");
    }
  }
  assertEquals(lines, [line, line]);
});

Deno.test("LineDecoder limits a line to 65,536 bytes by default", () => {
  const decoder = new LineDecoder();
  const kinds = decoder.push(toBytes(`${"x".repeat(65_536)}\n${"x".repeat(65_537)}\n`)).map((line) =>
    line.kind
  );
  assertEquals(kinds, ["line", "too-long"]);
});

Deno.test("LineDecoder.next() steps through the lines without an object for each", () => {
  const decoder = new LineDecoder();
  const buffer = toBytes("first\nsecond\n(old bytes)\n");
  decoder.feed(buffer, 13);
  assertEquals(decoder.next(), true);
  assertEquals({ start: decoder.start, end: decoder.end, isSameBuffer: decoder.bytes === buffer }, {
    start: 0,
    end: 5,
    isSameBuffer: true,
  });
  assertEquals(decoder.next(), true);
  assertEquals([decoder.start, decoder.end], [6, 12]);
  assertEquals(decoder.next(), false);
  assertEquals(decoder.hasPartialLine, false);
});

Deno.test("LineDecoder.feed() refuses a chunk while lines are unread", () => {
  const decoder = new LineDecoder();
  decoder.feed(toBytes("a\nb\n"));
  decoder.next();
  assertThrows(() => decoder.feed(toBytes("c\n")), RangeError, "unread");
});

Deno.test("LineDecoder refuses a limit that is not a positive integer", () => {
  for (const maxLineBytes of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => new LineDecoder({ maxLineBytes }), RangeError, "positive integer");
  }
});
