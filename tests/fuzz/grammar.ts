// Sentences of a grammar of HTTP/1.1: mostly correct, and now and then broken on purpose.

import type { Random } from "../support/random.ts";

/** Makes one to four requests, sometimes cut off. */
export function makeSentence(random: Random): string {
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

const TEXTS = ["", "1", "caf\xe9", "a text that is longer than the others are", " \t x \t "];

// Names with values that go with them.
const FIELDS = [
  ["A", TEXTS],
  ["X-Quite-A-Long-Name-Of-A-Field", TEXTS],
  ["Cookie", ["a=b", 'a=b; c="d"', ""]],
  ["Connection", ["close", "keep-alive", "x, close", "Upgrade", ",", "keep-alive, Transfer-Encoding"]],
  ["Expect", ["100-continue", "100-Continue", "x", "", "100-continue, x"]],
  ["Upgrade", ["h2c", "websocket"]],
  ["Host", ["a", "b:80", "[::1]", ""]],
  ["TE", ["trailers"]],
  ["Trailer", ["T"]],
] as const;

function makeFields(random: Random): string {
  let text = "";
  for (let count = random.below(4); count > 0; count--) {
    const [name, values] = random.pick(FIELDS);
    text += `${name}:${random.pick(["", " ", "\t"])}${random.pick(values)}\r\n`;
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
