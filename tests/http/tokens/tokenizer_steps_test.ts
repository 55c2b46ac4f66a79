import { assert, assertEquals } from "@std/assert";
import { LineReader } from "../../../src/http/tokens/line_reader.ts";
import { HttpTokenizer } from "../../../src/http/tokens/tokenizer.ts";
import type { HttpToken } from "../../../src/http/tokens/tokens.ts";
import { bytesOf } from "../../support/latin1.ts";
import { Random } from "../../support/random.ts";
import { FAST, noteTokens } from "../../support/tokens.ts";
import { makeInput } from "../../fuzz/inputs.ts";

Deno.test("HttpTokenizer.next() gives the tokens of push(), one at a time", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const input = makeInput(new Random(seed));
    const whole = new HttpTokenizer().push(input);
    const stepwise = new HttpTokenizer();
    const tokens: HttpToken[] = [];
    stepwise.load(input, input.length);
    for (let token = stepwise.next(); token !== undefined; token = stepwise.next()) tokens.push(token);
    assertEquals(noteTokens(tokens), noteTokens(whole), `seed ${seed}`);
  }
});

Deno.test("HttpTokenizer.next() makes no token before it is asked for: a flood costs one at a time", () => {
  const tokenizer = new HttpTokenizer(FAST);
  const bytes = bytesOf("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
  tokenizer.load(bytes, bytes.length);
  const offsets: (readonly [kind: string | undefined, offset: number])[] = [];
  for (let i = 0; i < 3; i++) offsets.push([tokenizer.next()?.kind, tokenizer.offset]);
  assertEquals(offsets, [["head-end", 27], ["end", 27], ["head-end", 54]]);
});

Deno.test("HttpTokenizer.finish() gives what was loaded before, and then the fault of a message that is cut off", () => {
  const tokenizer = new HttpTokenizer(FAST);
  const bytes = bytesOf("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /cut");
  tokenizer.load(bytes, bytes.length);
  tokenizer.finish();
  const kinds: string[] = [];
  for (let token = tokenizer.next(); token !== undefined; token = tokenizer.next()) {
    kinds.push(token.kind === "error" ? `${token.error.code} at ${token.start}` : token.kind);
  }
  assertEquals(kinds, ["head-end", "end", "incomplete at 35"]);
  tokenizer.load(bytes, bytes.length);
  assertEquals([tokenizer.next(), tokenizer.end()], [undefined, []]);
});

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
