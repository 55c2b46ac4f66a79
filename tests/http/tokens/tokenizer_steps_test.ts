import { assert, assertEquals } from "@std/assert";
import { LineReader } from "../../../src/http/tokens/line_reader.ts";
import { HttpTokenizer } from "../../../src/http/tokens/tokenizer.ts";
import type { HttpToken } from "../../../src/http/tokens/tokens.ts";
import { bytesOf } from "../../support/latin1.ts";
import { Random } from "../../support/random.ts";
import { noteTokens } from "../../support/tokens.ts";
import { makeInput } from "../../fuzz/inputs.ts";

function takeSome(tokenizer: HttpTokenizer, count: number): HttpToken[] {
  const tokens: HttpToken[] = [];
  tokenizer.take(tokens, count);
  return tokens;
}

Deno.test("HttpTokenizer.take() gives the tokens of push(), some at a time", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const input = makeInput(new Random(seed));
    const whole = new HttpTokenizer().push(input);
    const stepwise = new HttpTokenizer();
    const tokens: HttpToken[] = [];
    stepwise.load(input, input.length);
    for (let part = takeSome(stepwise, 1); part.length > 0; part = takeSome(stepwise, 1)) {
      tokens.push(...part);
    }
    assertEquals(noteTokens(tokens), noteTokens(whole), `seed ${seed}`);
  }
});

const FLOODS: readonly (readonly [name: string, flood: string])[] = [
  ["pipelined requests", "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000)],
  [
    "chunks of one byte",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n".repeat(1_000),
  ],
];

for (const [name, flood] of FLOODS) {
  Deno.test(`HttpTokenizer.take() makes at most one token more at once than asked for, from ${name}`, () => {
    const tokenizer = new HttpTokenizer({ lineTokens: false });
    const bytes = bytesOf(flood);
    tokenizer.load(bytes, bytes.length);
    let parts = 0;
    for (let tokens = takeSome(tokenizer, 10); tokens.length >= 10; tokens = takeSome(tokenizer, 10)) {
      assert(tokens.length <= 11, `${tokens.length} tokens at once`);
      parts++;
    }
    assert(parts >= 90, `${parts} parts`);
  });
}

Deno.test("HttpTokenizer.release() drops used bytes and keeps its place", () => {
  const tokenizer = new HttpTokenizer();
  tokenizer.push(bytesOf("GET / HTTP/1.1\r\nHo"));
  tokenizer.release();
  assertEquals([tokenizer.offset, tokenizer.pushedBytes], [18, 18]);
  const tokens = tokenizer.push(bytesOf("st: a\r\n\r\n"));
  assertEquals(tokens.map(({ kind, start, end }) => [kind, start, end]), [
    ["field", 16, 25],
    ["head-end", 25, 27],
    ["end", 27, 27],
  ]);
});

Deno.test("LineReader.next() keeps no room for a long line after it", () => {
  const reader = new LineReader();
  const long = new Uint8Array(10_000).fill(0x61);
  reader.push(long, long.length);
  assertEquals(reader.next(16_384), "more");
  reader.push(bytesOf("\n\n"), 2);
  assertEquals({ token: reader.next(16_384), isLong: reader.line.length >= 10_000 }, {
    token: "line",
    isLong: true,
  });
  assertEquals([reader.next(16_384), reader.line.length], ["line", 2]);
  reader.push(bytesOf("b"), 1);
  assertEquals(reader.next(16_384), "more");
  assert(reader.partial.buffer.byteLength <= 1_024, `${reader.partial.buffer.byteLength} bytes are kept`);
});
