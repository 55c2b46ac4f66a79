// Mistakes that HTTP parsers and servers have made: one test for each class, named after it. The rows of the corpus
// cover the classes in breadth; here is the core of each.

import { finishBody } from "../../src/http/request/finish_body.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { BufferPool } from "../../src/bytes/buffer_pool.ts";
import { splitList } from "../../src/http/grammar.ts";
import { HttpHeaders } from "../../src/http/headers.ts";
import { shouldKeepAlive } from "../../src/http/response/persistence.ts";
import { ResponseWriter } from "../../src/http/response/response_writer.ts";
import { splitTarget } from "../../src/http/target.ts";
import { FakeSink } from "../support/sent_response.ts";
import { bytesOf } from "../support/latin1.ts";
import { FakeSource, ReadingReader } from "../support/fake_source.ts";
import { summarize, tokenize } from "../support/tokens.ts";

/** The tokens after the head of a POST with these fields and this content. */
function post(fields: string, content: string = ""): string {
  const sent = `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${content}`;
  return summarize(
    tokenize([bytesOf(sent)]).filter(({ kind }) => kind !== "request-line" && kind !== "field"),
  );
}

function chunks(content: string): string {
  return post("Transfer-Encoding: chunked\r\n", content).replace(/^chunked \| /, "");
}

function refusalOf(tokens: string): string {
  return /(\d{3} [a-z-]+) @\d+$/.exec(tokens)?.[1] ?? "none";
}

Deno.test("class 1: Content-Length with Transfer-Encoding is refused, and the connection ended", () => {
  const both = [
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
  ];
  for (const fields of both) {
    assertEquals(refusalOf(post(fields, "0\r\n\r\nGET /b HTTP/1.0\r\n\r\n")), "400 bad-framing");
  }
});

Deno.test("class 2: chunked is a whole token, the last one, ASCII without case", () => {
  const codings = [
    "xchunked",
    "chunkedx",
    "chunked, gzip",
    "chun\xe2\x84\xaaed",
    "identity",
    '"chunked"',
    "chunked;a",
    "x chunked",
  ];
  for (const coding of codings) {
    assertEquals(refusalOf(post(`Transfer-Encoding: ${coding}\r\n`)), "400 bad-framing");
  }
  assertEquals(post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), "chunked | end");
});

Deno.test("class 3: Transfer-Encoding is not honoured in HTTP/1.0", () => {
  const sent = bytesOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  assertEquals(refusalOf(summarize(tokenize([sent]))), "400 bad-framing");
});

Deno.test("class 4: a Content-Length is digits, and nothing that a number parser takes beside them", () => {
  for (const length of ["+5", "-0", "1_0", "0x5", "1e3", "1 2", "", "NaN", "5.", ".5", "Infinity", "٥"]) {
    const latin1 = length === "٥" ? "\xd9\xa5" : length;
    assertEquals(refusalOf(post(`Content-Length: ${latin1}\r\n`)), "400 bad-framing", length);
  }
});

Deno.test("class 5: lengths and chunk sizes neither overflow nor round", () => {
  for (const length of ["9007199254740992", "9007199254740993", "18446744073709551616", "1".repeat(400)]) {
    assertEquals(refusalOf(post(`Content-Length: ${length}\r\n`)), "400 bad-framing");
  }
  for (const size of ["20000000000000", "10000000000000000", "f".repeat(200)]) {
    assertEquals(refusalOf(chunks(`${size}\r\n`)), "400 bad-chunk");
  }
});

Deno.test("class 6: none of several Content-Lengths is picked", () => {
  for (const fields of ["Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5, 6\r\n"]) {
    assertEquals(refusalOf(post(fields, "hello!")), "400 bad-framing");
  }
});

Deno.test("class 7: no line ends in a bare LF or CR, no head in CRLF CR X", () => {
  for (const end of ["A: b\n", "A: b\r", "\n", "\rX", "A: b\r\r\n"]) {
    assertEquals(refusalOf(post(`${end}\r\n`)), "400 bad-field", JSON.stringify(end));
  }
});

Deno.test("class 8: no chunk line or extension holds a bare LF", () => {
  for (const line of ["2\n", "2;\n", "2;a\n", "2;a=\n", '2;a="\n"\r\n', "0\n"]) {
    assertEquals(refusalOf(chunks(`${line}hi\r\n0\r\n\r\n`)), "400 bad-chunk", JSON.stringify(line));
  }
});

Deno.test("class 9: no byte is skipped where CRLF is due", () => {
  for (const content of ["2\r\nhiXX0\r\n\r\n", "2\r\nhi\n0\r\n\r\n", "2\r\nhi \r\n0\r\n\r\n"]) {
    assertEquals(refusalOf(chunks(content)), "400 bad-chunk");
  }
  assertEquals(refusalOf(chunks("0\r\nXX\r\n")), "400 bad-field");
});

Deno.test("class 10: quoted chunk extensions end where RFC 9110 §5.6.4 says", () => {
  assertEquals(chunks('2;a="\\";b=\\"c"\r\nhi\r\n0\r\n\r\n'), '"hi" | end');
  assertEquals(refusalOf(chunks('2;a="\r\nhi\r\n0\r\n\r\n"\r\n')), "400 bad-chunk");
  assertEquals(refusalOf(chunks('2;a="b\\"\r\nhi\r\n0\r\n\r\n')), "400 bad-chunk");
});

Deno.test("class 11: extensions, trailers and empty lines are bounded, and tiny chunks by the size of the body", async () => {
  assertEquals(refusalOf(chunks(`1;${"a".repeat(300)}`)), "400 bad-chunk");
  assertEquals(refusalOf(chunks(`1;${"a".repeat(200)}\r\nx\r\n`.repeat(21))), "400 bad-chunk");
  assertEquals(refusalOf(chunks(`0\r\nA: ${"a".repeat(9_000)}`)), "431 head-too-large");
  assertEquals(refusalOf(chunks(`0\r\n${"A:\r\n".repeat(33)}\r\n`)), "431 head-too-large");
  assertEquals(refusalOf(summarize(tokenize([bytesOf("\r\n".repeat(99))]))), "400 not-http");
  const source = new FakeSource([
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "1\r\nx\r\n".repeat(99),
  ]);
  const reader = new ReadingReader(source, { maxBodyBytes: 50 });
  const request = await reader.read();
  assertEquals(await finishBody(reader.reader.body, 1_000), false);
  assertEquals([request!.refusal?.status, request!.body.receivedBytes], [413, 51]);
});

Deno.test("class 12: trailers are read, checked, and kept apart from the fields", async () => {
  const sent = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: b\r\n\r\n";
  assertEquals(refusalOf(summarize(tokenize([bytesOf(sent)]))), "400 bad-trailer");
  const reader = new ReadingReader(new FakeSource([sent.replace("Host: b", "X: b")]));
  const request = await reader.read();
  assertEquals(await request!.body.read(), null);
  assertEquals({ isHeaderField: request!.headers.has("x"), trailer: request!.body.trailers.get("x") }, {
    isHeaderField: false,
    trailer: "b",
  });
});

Deno.test("class 13: only SP and HTAB are white space, and none stands in front of a colon", () => {
  for (const field of ["A : b", "A\t: b", "A\x0b: b", "A\xa0: b", "A\x85: b", "A:\x0bb", "A: b\x0c"]) {
    assertEquals(refusalOf(post(`${field}\r\n`)), "400 bad-field", JSON.stringify(field));
  }
  const notes = tokenize([bytesOf("GET / HTTP/1.0\r\nA: \xa0\x85b\x85\xa0\r\n\r\n")]);
  assertEquals(notes[1]!.text, "A: \xa0\x85b\x85\xa0");
});

Deno.test("class 14: a folded line is refused", () => {
  for (const fold of [" c", "\tc", " ", "\t"]) {
    assertEquals(refusalOf(post(`A: b\r\n${fold}\r\n`)), "400 bad-field");
  }
});

Deno.test("class 15: names are tokens and not empty, values hold no NUL", () => {
  for (const field of [": b", "\0: b", "A\0: b", "A: \0", "A(: b", "\xe9: b", "A"]) {
    assertEquals(refusalOf(post(`${field}\r\n`)), "400 bad-field", JSON.stringify(field));
  }
});

Deno.test("class 16: unread content does not become the next request", async () => {
  const smuggled = "GET /smuggled HTTP/1.0\r\n\r\n";
  const source = new FakeSource([
    `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}GET /b HTTP/1.0\r\n\r\n`,
  ]);
  const reader = new ReadingReader(source);
  assertEquals((await reader.read())!.target, "/a");
  assertEquals(await finishBody(reader.reader.body, 100), true);
  assertEquals(reader.reader.take()!.target, "/b");
});

Deno.test("class 17: an offer to upgrade changes neither Host nor framing, and CONNECT ends the connection", () => {
  const offer = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  assertEquals(post(`${offer}Content-Length: 2\r\n`, "hi"), 'length 2 | "hi" | end');
  assertEquals(refusalOf(post(`${offer}Content-Length: x\r\n`)), "400 bad-framing");
  const noHost = bytesOf(`GET / HTTP/1.1\r\n${offer}\r\n`);
  assertEquals(refusalOf(summarize(tokenize([noHost]))), "400 bad-host");
  const head = { method: "CONNECT", target: "a:1", version: "1.1", headers: new HttpHeaders() } as const;
  assertEquals(shouldKeepAlive(head), false);
});

Deno.test("class 18: pipelined requests come in order, and none is lost", async () => {
  const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
  const reader = new ReadingReader(
    new FakeSource([paths.map((path) => `GET ${path} HTTP/1.0\r\n\r\n`).join("")]),
  );
  const seen = [(await reader.read())!.target];
  for (let next = reader.reader.take(); next !== undefined; next = reader.reader.take()) {
    seen.push(next.target);
  }
  assertEquals(seen, paths);
});

Deno.test("class 19: no field of a response can hold CR, LF or NUL", () => {
  const headers = new HttpHeaders();
  for (
    const [name, value] of [["A\r\nB", "c"], ["A: b", "c"], ["", "c"], ["A", "b\r\nC: d"], ["A", "b\nc"], [
      "A",
      "\0",
    ], ["A", "\u010d\u010a"]]
  ) {
    assertThrows(() => headers.append(name!, value!), TypeError, "Cannot add");
    assertThrows(() => headers.set(name!, value!), TypeError, "Cannot add");
    assertThrows(() => new HttpHeaders([[name!, value!]]), TypeError, "Cannot add");
  }
  assertEquals(headers.size, 0);
});

Deno.test("class 20: names of an object's prototype are ordinary names", () => {
  const headers = new HttpHeaders([["__proto__", "1"], ["constructor", "2"]]);
  assertEquals([headers.get("__proto__"), headers.get("constructor"), headers.get("toString")], [
    "1",
    "2",
    undefined,
  ]);
});

Deno.test("class 21: no URL is built from a target: two slashes and backslashes change no host", () => {
  for (const target of ["//evil.example/a", "/\\evil.example/a", "/..//a", "/a/../../b"]) {
    assertEquals(splitTarget(target), { path: target, query: "" });
  }
  for (const host of ["a/b", "a@b", "a b", "a\\b", "a?b", "a#b", "a,b"]) {
    const sent = bytesOf(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assertEquals(refusalOf(summarize(tokenize([sent]))), "400 bad-host", host);
  }
});

Deno.test("class 22: lists are split in one pass, whatever is quoted in them", () => {
  assertEquals(splitList('a, "b, \\"c" ,, d'), ["a", '"b, \\"c"', "d"]);
  assertEquals(splitList('a, "b'), ["a", '"b']);
  assertEquals(splitList('a, "b\\'), ["a", '"b\\']);
  const members = splitList(`${" ,".repeat(100_000)}${'"'.repeat(100_001)}`);
  assertEquals(members.length, 1);
  assert(members[0]!.startsWith('"'));
});

Deno.test("class 2 and 22: a quote that ends in a backslash hides no coding", () => {
  assertEquals(refusalOf(post('Transfer-Encoding: chunked, "\\\r\n', "0\r\n\r\n")), "400 bad-framing");
});

Deno.test("class 19: text beyond ASCII that fills a buffer to its end stays one byte a character", async () => {
  const sink = new FakeSink();
  const writer = new ResponseWriter(sink, new BufferPool());
  writer.addBytes(new Uint8Array(1_024).fill(0x2e));
  const text = "\xe9" + "a".repeat(1_023);
  writer.addText(text);
  await writer.flush();
  assertEquals(sink.writes.map((bytes) => bytes.length), [2_048]);
  assertEquals(sink.writes[0]!.slice(1_024), text);
});
