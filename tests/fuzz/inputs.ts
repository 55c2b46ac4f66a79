// Inputs for a tokenizer that are seldom good: random bytes, mutated rows of the corpus, sentences of a grammar.

import { bytesOf, joinBytes } from "../support/latin1.ts";
import type { Random } from "../support/random.ts";
import { CORPUS } from "../testdata/http/corpus.ts";

const ROWS = CORPUS.flatMap(({ rows }) => rows.map(([_claim, sent]) => bytesOf(sent)));

// What parsers have stumbled over, put where it does not belong.
const SPLINTERS = [
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  " ",
  "\t",
  "\v",
  ":",
  ",",
  ";",
  '"',
  "\\",
  "=",
  "0",
  "-",
  "+",
  "\x7f",
  "\x80",
  "\xff",
  "\xef\xbb\xbf",
  "\xe2\x84\xaa",
  "chunked",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Host: a\r\n",
  "GET / HTTP/1.1\r\n",
  "HTTP/1.1",
  "0\r\n\r\n",
  "ffffffffffffffff",
  "9007199254740993",
].map(bytesOf);

/** Makes one input. */
export function makeInput(random: Random): Uint8Array<ArrayBuffer> {
  switch (random.below(8)) {
    case 0:
      return makeRandomBytes(random);
    case 1:
    case 2:
    case 3:
      return mutate(random.pick(ROWS), random);
    case 4:
      return mutate(joinBytes([random.pick(ROWS), random.pick(ROWS)]), random);
    default:
      return bytesOf(makeSentence(random));
  }
}

function makeRandomBytes(random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: random.below(80) }, () => random.below(256));
}

function mutate(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  let mutated = bytes;
  for (let count = 1 + random.below(3); count > 0; count--) mutated = mutateOnce(mutated, random);
  return mutated;
}

function mutateOnce(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + random.below(6));
  const [before, cut, behind] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (random.below(5)) {
    case 0:
      return joinBytes([before, behind]);
    case 1:
      return joinBytes([before, cut, cut, behind]);
    case 2:
      return joinBytes([before, random.pick(SPLINTERS), bytes.subarray(at)]);
    case 3:
      return joinBytes([before, random.pick(SPLINTERS), behind]);
    default:
      return joinBytes([before, cut.map((byte) => byte ^ (1 << random.below(8))), behind]);
  }
}

/** One to four requests of a grammar that knows what is right, and now and then says something else. */
function makeSentence(random: Random): string {
  let text = "";
  for (let count = 1 + random.below(4); count > 0; count--) text += makeRequest(random);
  return random.happens(6) ? text.slice(0, random.below(text.length)) : text;
}

// Methods with targets that go with them.
const REQUESTS = [
  ["GET", "/"],
  ["POST", "/a?b"],
  ["HEAD", `/${"p".repeat(40)}`],
  ["OPTIONS", "*"],
  ["CONNECT", "a:1"],
  ["M-SEARCH", "http://h/p"],
  ["GET", "//h/"],
  ["A".repeat(30), "/"],
] as const;

function makeRequest(random: Random): string {
  const [method, target] = random.happens(8)
    ? [
      random.pick(["GET", "CONNECT", "OPTIONS", "A".repeat(60)]),
      random.pick(["*", "a:1", "http:///", "", "[", "/\xff"]),
    ]
    : random.pick(REQUESTS);
  const version = random.happens(8) ? random.pick(["HTTP/1.0", "HTTP/2.0", "HTTP/1.9"]) : "HTTP/1.1";
  const emptyLines = "\r\n".repeat(random.happens(4) ? random.below(4) : 0);
  const [framing, content] = makeContent(random);
  const fields = [random.happens(12) ? "" : "Host: a\r\n", framing, makeFields(random)];
  return `${emptyLines}${method} ${target} ${version}\r\n${fields.join("")}\r\n${content}`;
}

function makeFields(random: Random): string {
  let text = "";
  for (let count = random.below(4); count > 0; count--) {
    const name = random.pick(["A", "Cookie", "Expect", "Connection", "X-Quite-A-Long-Name-Of-A-Field"]);
    const value = random.pick([
      "",
      "1",
      "close",
      "caf\xe9",
      "a text that is longer than the others are",
      " \t x \t ",
    ]);
    text += `${name}:${random.pick(["", " ", "\t"])}${value}\r\n`;
  }
  return text;
}

function makeContent(random: Random): readonly [fields: string, content: string] {
  const data = random.pick([
    "",
    "x",
    "hello",
    "\r\n",
    "0\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "\xff\0".repeat(9),
  ]);
  switch (random.below(4)) {
    case 0:
      return ["", ""];
    case 1:
      return [`Content-Length: ${data.length + (random.happens(10) ? 1 : 0)}\r\n`, data];
    default:
      return ["Transfer-Encoding: chunked\r\n", makeChunks(random, data)];
  }
}

function makeChunks(random: Random, data: string): string {
  let text = "";
  for (let at = 0; at < data.length;) {
    const size = 1 + random.below(data.length - at);
    const shown = random.happens(20) ? size + 1 : size;
    text += `${shown.toString(16)}${makeExtension(random)}\r\n${data.slice(at, at + size)}\r\n`;
    at += size;
  }
  const trailers = random.pick([
    "",
    "",
    "T: 1\r\n",
    "X-Quite-A-Long-Name-Of-A-Trailer: \xe9 and more\r\nU:\r\n",
  ]);
  return `${text}0${makeExtension(random)}\r\n${trailers}\r\n`;
}

function makeExtension(random: Random): string {
  return random.pick(["", "", "", ";a", ";a=b", ' ; a = "\\"\xe9\xff;\\\\"', ";a;"]);
}
