// A head with the same bytes as the one in front of it is compared, not read: its tokens must be those of a
// head that comes alone.

import { assertEquals } from "@std/assert";
import { RequestReader } from "../../../src/http/request/request_reader.ts";
import { HttpTokenizer, type HttpTokenizerOptions } from "../../../src/http/tokens/tokenizer.ts";
import type { HeadEndToken, HttpToken } from "../../../src/http/tokens/tokens.ts";
import { bytesOf } from "../../support/latin1.ts";
import { splitEverywhere } from "../../support/splits.ts";
import { FAST, noteTokens, type TokenNote } from "../../support/tokens.ts";
import { CORPUS } from "../../testdata/http/corpus.ts";

const HEAD = "GET /a?b HTTP/1.1\r\nHost: a\r\nX-Long: a value of more than 24 bytes\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
const CHUNKED = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\n\r\n";

const ROWS: readonly (readonly [claim: string, sent: string])[] = [
  ["the same head", HEAD.repeat(3)],
  ["a head that differs in its last value", HEAD + HEAD.replace("24", "25") + HEAD],
  ["a head that differs in its method", HEAD + HEAD.replace("GET", "PUT") + HEAD],
  ["a head with one field more", HEAD + HEAD.replace("\r\n\r\n", "\r\nA: b\r\n\r\n") + HEAD],
  ["empty lines in between", `${HEAD}\r\n${HEAD}\r\n\r\n${HEAD}`],
  ["another form of target in between", `${HEAD}GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n${HEAD}`],
  ["a value beyond ASCII in between", `${HEAD}GET / HTTP/1.1\r\nHost: a\r\nA: \xe9\r\n\r\n${HEAD}${HEAD}`],
  ["content of a length", POST.repeat(3)],
  [
    "content that looks like a head",
    POST.replace("3", String(HEAD.length)).replace("abc", HEAD) + HEAD + HEAD,
  ],
  ["chunks", CHUNKED.repeat(3)],
  ["a fault in the next head", `${HEAD}${HEAD}GET / HTTP/1.1\r\n\r\n`],
  ["a fault in the same head", `${HEAD}GET / HTTP/1.1\r\nHost: /\r\n\r\n`],
  ["an end within the next head", HEAD + HEAD.slice(0, -1)],
];

for (const [claim, sent] of ROWS) {
  Deno.test(`HttpTokenizer reads ${claim} alike in every split`, () => {
    const bytes = bytesOf(sent);
    const whole = tokensOf([bytes]);
    for (const { name, pieces } of splitEverywhere(bytes)) assertEquals(tokensOf(pieces), whole, name);
  });
}

Deno.test("HttpTokenizer reads every row of the corpus alike when it is sent three times", () => {
  for (const { options, rows } of CORPUS) {
    for (const [claim, sent] of rows) {
      const bytes = bytesOf(sent.repeat(3));
      const lines = tokensOf([bytes], { ...options, lineTokens: true });
      const heads = tokensOf([bytes], options);
      assertEquals(heads, lines.filter(({ kind }) => kind !== "request-line" && kind !== "field"), claim);
    }
  }
});

Deno.test("RequestReader.take() gives each of the same requests fields of its own", () => {
  const reader = new RequestReader(FAST);
  reader.buffer().set(bytesOf(HEAD.repeat(3)));
  reader.load(3 * HEAD.length);
  const [first, second] = [reader.take()!, reader.take()!];
  first.headers.set("Host", "b");
  second.headers.append("A", "b");
  const third = reader.take()!;
  assertEquals([first, second, third].map(({ headers }) => [headers.get("Host"), headers.get("A")]), [
    ["b", undefined],
    ["a", "b"],
    ["a", undefined],
  ]);
  assertEquals([first, second, third].map(({ headEnd }) => headEnd / HEAD.length), [1, 2, 3]);
});

/** A token with all that it says: the head too, content as text. */
interface FullNote extends TokenNote {
  readonly head: string;
}

/** All pieces come in one array, as in a server. */
function tokensOf(pieces: readonly Uint8Array[], options: HttpTokenizerOptions = {}): FullNote[] {
  const tokenizer = new HttpTokenizer({ ...FAST, ...options });
  const buffer = new Uint8Array(Math.max(...pieces.map((piece) => piece.length)));
  const notes: FullNote[] = [];
  for (const piece of pieces) {
    buffer.set(piece);
    addNotes(notes, tokenizer.push(buffer, piece.length));
  }
  addNotes(notes, tokenizer.end());
  return notes;
}

function addNotes(notes: FullNote[], tokens: readonly HttpToken[]): void {
  for (const token of tokens) {
    const [note] = noteTokens([token]) as [TokenNote];
    const last = notes.at(-1);
    if (note.kind === "body" && last?.kind === "body" && last.end === note.start) {
      notes[notes.length - 1] = { ...last, end: note.end, text: last.text + note.text };
    } else {
      notes.push({ ...note, head: token.kind === "head-end" ? describe(token) : "" });
    }
  }
}

function describe({ head: { method, target, version, headers }, headStart }: HeadEndToken): string {
  return [headStart, method, target, version, ...headers].join("\n");
}
