import { finishBody } from "../../../src/http/request/finish_body.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { HttpError } from "../../../src/http/errors.ts";
import { processRequest } from "../../../src/http/request/process_request.ts";
import type { HttpRequest } from "../../../src/http/request/request.ts";
import { RequestReader, type RequestReaderOptions } from "../../../src/http/request/request_reader.ts";
import { ConnectionError } from "../../../src/net/connection.ts";
import {
  type Arrival,
  type ByteSource,
  FakeSource,
  GivingSource,
  ReadingReader,
} from "../../support/fake_source.ts";
import { bytesOf, textOf } from "../../support/latin1.ts";
import { splitEverywhere } from "../../support/splits.ts";
import { FAST } from "../../support/tokens.ts";

/** All requests of a connection, with their content read or dropped. */
function readAll(arrivals: readonly Arrival[], options?: RequestReaderOptions): Promise<HttpRequest[]> {
  return readFrom(new FakeSource(arrivals), options);
}

async function readFrom(source: ByteSource, options: RequestReaderOptions = {}): Promise<HttpRequest[]> {
  const reading = new ReadingReader(source, options);
  const requests: HttpRequest[] = [];
  for (;;) {
    const next = await reading.read();
    if (next === null) break;
    requests.push(next);
    if (next.refusal !== undefined || !await finishBody(reading.reader.body, 1e6)) break;
  }
  return requests;
}

const RAW_HEADS: readonly (readonly [claim: string, sent: string, rawHeads: readonly string[]])[] = [
  ["one head", "GET / HTTP/1.1\r\nhOsT:  a \r\n\r\n", ["GET / HTTP/1.1\r\nhOsT:  a \r\n\r\n"]],
  ["bytes beyond ASCII", "GET / HTTP/1.0\r\nA: \xe9\xff\r\n\r\n", ["GET / HTTP/1.0\r\nA: \xe9\xff\r\n\r\n"]],
  [
    "two heads, without the empty line between them",
    "GET /a HTTP/1.0\r\n\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
    ["GET /a HTTP/1.0\r\n\r\n", "GET /b HTTP/1.0\r\n\r\n"],
  ],
  ["empty lines in front", "\r\n\r\nGET / HTTP/1.0\r\n\r\n", ["GET / HTTP/1.0\r\n\r\n"]],
  [
    "a head after content",
    "POST /a HTTP/1.0\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.0\r\n\r\n",
    ["POST /a HTTP/1.0\r\nContent-Length: 5\r\n\r\n", "GET /b HTTP/1.0\r\n\r\n"],
  ],
  [
    "a head after chunks",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: 1\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
    ["POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "GET /b HTTP/1.0\r\n\r\n"],
  ],
];

for (const [claim, sent, rawHeads] of RAW_HEADS) {
  Deno.test(`RequestReader keeps raw heads byte for byte in every split: ${claim}`, async () => {
    for (const split of splitEverywhere(bytesOf(sent))) {
      // An empty read would be the end.
      const arrivals = split.pieces.map(textOf).filter((piece) => piece !== "");
      for (const source of [new FakeSource(arrivals), new GivingSource(arrivals)]) {
        const requests = await readFrom(source, { keepRawHead: true });
        assertEquals(requests.map((request) => request.rawHead), rawHeads, split.name);
      }
    }
  });
}

Deno.test("RequestReader frees an array that came in place of its buffer when the next bytes have come", async () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n";
  const source = new GivingSource([`${head}abc`, "def", "GET / HTTP/1.0\r\n\r\n"]);
  const reading = new ReadingReader(source);
  const body = (await reading.read())!.body;
  const lengths = (): number[] => source.given.map(({ length }) => length);
  assertEquals([textOf((await body.read())!), lengths()], ["abc", [head.length + 3]]);
  assertEquals([textOf((await body.read())!), lengths()], ["def", [0, 3]]);
  assertEquals([await body.read(), (await reading.read())!.method, lengths()], [null, "GET", [0, 0, 18]]);
  reading.reader.free();
  assertEquals(lengths(), [0, 0, 0]);
});

Deno.test("RequestReader frees such an array before more content is read into lent room, and the end may come instead", async () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n";
  const source = new GivingSource([`${head}abc`]);
  const { body } = (await new ReadingReader(source).read())!;
  await body.read();
  body.lend!(new Uint8Array(3));
  const error = await assertRejects(() => body.read(), HttpError);
  assertEquals([error.code, source.given.map(({ length }) => length)], ["incomplete", [0]]);
});

Deno.test("RequestReader knows where each message ends on the wire, in every split", async () => {
  const messages = [
    "\r\nGET /a HTTP/1.0\r\n\r\n",
    "POST /b HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
    "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nhi\r\n0\r\nT: 1\r\n\r\n",
    "GET /d HTTP/1.0\r\n\r\n",
  ];
  const sent = messages.join("");
  let end = 0;
  const ends = messages.map((message) => end += message.length);
  const heads = messages.map((message, index) =>
    ends[index]! - message.length + message.replace(/^\r\n/, "--").indexOf("\r\n\r\n") + 4
  );
  for (const split of splitEverywhere(bytesOf(sent))) {
    const requests = await readAll(split.pieces.map(textOf).filter((piece) => piece !== ""));
    assertEquals(requests.map(({ headEnd }) => headEnd), heads, split.name);
    assertEquals(
      requests.map(({ headEnd, body }) => Math.max(headEnd, body.wireOffset)),
      ends,
      split.name,
    );
  }
});

Deno.test("StreamedBody knows its position on the wire, piece by piece", async () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const reader = new ReadingReader(new FakeSource([head + "4\r\nab", "cd\r\n0\r\n\r\n"]));
  const { body } = (await reader.read())!;
  const offsets = [body.wireOffset];
  while (await body.read() !== null) offsets.push(body.wireOffset - head.length);
  assertEquals([...offsets, body.wireOffset - head.length], [0, 5, 7, 14]);
});

const MALFORMED: readonly (readonly [claim: string, sent: string, code: string, method: string])[] = [
  ["a bad field", "GET /a HTTP/1.1\r\nHost: a\r\nB : c\r\n", "bad-field", "GET"],
  ["a bad target", "HEAD /\x01 HTTP/1.1\r\n", "bad-target", "HEAD"],
  ["a bare LF after a request line", "HEAD /a HTTP/1.1\n", "bad-request-line", "HEAD"],
  ["another version", "GET /a HTTP/3.0\r\n", "bad-version", "GET"],
  ["no Host", "GET /a HTTP/1.1\r\n\r\n", "bad-host", "GET"],
  [
    "two lengths",
    "POST /a HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "bad-framing",
    "POST",
  ],
  ["no request line", "NONSENSE\r\n", "not-http", ""],
  ["a head that is cut off", "GET /a HTTP/1.1\r\nHost: a\r\nCoo", "incomplete", "GET"],
  ["a request line that is cut off", "GET /a HT", "incomplete", ""],
];

for (const [claim, sent, code, method] of MALFORMED) {
  Deno.test(`RequestReader refuses ${claim}, and keeps the understood part and the raw bytes, in every split`, async () => {
    for (const split of splitEverywhere(bytesOf(sent))) {
      const arrivals = split.pieces.map(textOf).filter((piece) => piece !== "");
      const [request, ...others] = await readAll(arrivals, { keepRawHead: true });
      assertEquals([request!.refusal!.code, request!.method, others], [code, method, []], split.name);
      assert(sent.startsWith(request!.rawHead) && request!.rawHead !== "", split.name);
      if (split.name === "whole") assertEquals(request!.rawHead, sent);
    }
  });
}

Deno.test("RequestReader tells the method of a request line that is too long: HEAD gets no content (RFC 9110 §9.3.2)", async () => {
  const [request] = await readAll([`HEAD /${"a".repeat(9_000)} HTTP/1.1\r\n`]);
  assertEquals([request!.refusal!.status, request!.method, request!.target], [414, "HEAD", ""]);
});

Deno.test("RequestReader gives heads without raw bytes unless they are asked for", async () => {
  const [request] = await readAll(["GET / HT", "TP/1.0\r\n\r\n"]);
  assertEquals(request!.rawHead, "");
});

Deno.test("processRequest() gives pipelined requests at once, and reads once for all of them", async () => {
  const source = new FakeSource(["GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\nGET /c HTTP/1.0\r\n\r\n"]);
  const reading = new ReadingReader(source);
  const { reader } = reading;
  assertEquals([processRequest(reader), (await reading.read())!.target], [undefined, "/a"]);
  for (const target of ["/b", "/c"]) {
    assertEquals(processRequest(reader)?.target, target);
  }
  assertEquals(source.reads, 1);
  assertEquals([processRequest(reader), await reading.read()], [undefined, null]);
  assertEquals({ reads: source.reads, hasEnded: reader.hasEnded }, { reads: 2, hasEnded: true });
});

/** Puts bytes (latin1 text) into the buffer of a reader, as a connection does. */
function load(reader: RequestReader, text: string): void {
  reader.buffer().set(bytesOf(text));
  reader.load(text.length);
}

Deno.test("RequestReader.buffer() refuses to overwrite bytes that were not looked at", () => {
  const reader = new RequestReader(FAST);
  load(reader, "GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
  assertEquals(processRequest(reader)?.target, "/a");
  assertThrows(() => reader.buffer(), TypeError, "not used up");
  assertEquals(processRequest(reader)?.target, "/b");
  assertEquals(reader.isUsedUp, true);
  assert(reader.buffer().length > 0);
});

const READ_AHEAD: readonly (readonly [claim: string, pieces: readonly string[]])[] = [
  ["whole", ["GET /b HTTP/1.0\r\n\r\n"]],
  ["several", ["GET /b HTTP/1.0\r\n\r\nGET /c HTTP/1.0\r\n\r\n"]],
  ["in part", ["GET /b HT", "TP/1.0\r\n\r\n"]],
  ["after an empty line", ["\r\n", "GET /b HTTP/1.0\r\n\r\n"]],
];

for (const [claim, pieces] of READ_AHEAD) {
  for (const hasEnded of [false, true]) {
    const end = hasEnded ? " with FIN after it" : "";
    Deno.test(`RequestReader keeps a request that was read ahead until it is taken: ${claim}${end}`, () => {
      const reader = new RequestReader(FAST);
      load(reader, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(processRequest(reader)?.target, "/a");
      assertEquals(processRequest(reader), undefined);
      const targets: (string | undefined)[] = [];
      for (const piece of pieces) {
        // Nobody looks in between, as while a response is being sent.
        if (!reader.isUsedUp) targets.push(processRequest(reader)?.target);
        load(reader, piece);
      }
      if (hasEnded && reader.isUsedUp) reader.load(null);
      for (let next = processRequest(reader); next !== undefined; next = processRequest(reader)) {
        targets.push(next.target);
      }
      assertEquals(
        targets.filter((target) => target !== undefined),
        claim === "several" ? ["/b", "/c"] : ["/b"],
      );
    });
  }
}

Deno.test("RequestReader.load() gives content to the reader that waits for it, and to no other", async () => {
  let wanted = 0;
  let ends = 0;
  const reader = new RequestReader(FAST, {
    onContentWanted: () => wanted++,
    onContentEnd: () => ends++,
    onContentKept: () => true,
  });
  load(reader, "POST /a HTTP/1.0\r\nContent-Length: 4\r\n\r\n");
  const { body } = processRequest(reader)!;
  assertEquals([wanted, ends], [0, 0]);
  const first = body.read();
  assertEquals(wanted, 1);
  load(reader, "hi");
  assertEquals(textOf((await first)!), "hi");
  load(reader, "!?GET /b HTTP/1.0\r\n\r\n");
  assertEquals(textOf((await body.read())!), "!?");
  assertEquals([await body.read(), wanted, ends], [null, 1, 1]);
  assertEquals(processRequest(reader)?.target, "/b");
});

Deno.test("RequestReader.fail() fails reads that wait for content, and later ones", async () => {
  const reader = new RequestReader(FAST);
  load(reader, "POST /a HTTP/1.0\r\nContent-Length: 4\r\n\r\n");
  const request = processRequest(reader)!;
  const reading = request.body.read();
  reader.fail(new HttpError(408, "Cannot read: too slow", { code: "timeout" }));
  await assertRejects(() => reading, HttpError);
  await assertRejects(() => request.body.read(), HttpError);
  assertEquals({ status: request.refusal?.status, hasEnded: reader.hasEnded }, {
    status: 408,
    hasEnded: false,
  });
});

Deno.test("RequestReader.read() refuses a request when the source times out (RFC 9110 §15.5.9)", async () => {
  const timeout = new HttpError(408, "Cannot read: too slow", { code: "timeout" });
  const [request] = await readAll(["GET /a HTTP/1.1\r\nHost: a\r\nCo", timeout], { keepRawHead: true });
  assertEquals([request!.refusal, request!.target, request!.headers.get("host")], [timeout, "/a", "a"]);
  assertEquals(request!.rawHead, "GET /a HTTP/1.1\r\nHost: a\r\nCo");
  const [early] = await readAll([timeout]);
  assertEquals([early!.refusal, early!.method], [timeout, ""]);
});

Deno.test("RequestReader.read() rejects with the error of a lost connection", async () => {
  const lost = new ConnectionError("reset", "Cannot read: reset");
  const error = await assertRejects(() => readAll(["GET /a HT", lost]), ConnectionError);
  assertEquals(error, lost);
});

Deno.test("RequestReader grows its buffer when a read fills it, and shrinks it when the connection rests", async () => {
  const source = new FakeSource([
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n${"x".repeat(300_000)}`,
    "GET /b HTTP/1.0\r\n\r\n",
    "GET /c HTTP/1.0\r\n\r\n",
  ]);
  const reader = new ReadingReader(source, { maxBodyBytes: Infinity });
  const request = await reader.read();
  let received = 0;
  for (let piece = await request!.body.read(); piece !== null; piece = await request!.body.read()) {
    received += piece.length;
  }
  assertEquals(received, 300_000);
  await reader.read();
  await reader.read();
  const { sizes } = source;
  assert(sizes[0]! <= 4_096, `an idle connection holds ${sizes[0]} bytes`);
  assertEquals(Math.max(...sizes), 65_536);
  assertEquals(sizes.at(-1), sizes[0]);
});

Deno.test("RequestReader keeps its buffer small for a large head, and lets it grow for requests in a row", async () => {
  const large = new FakeSource([`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(15_000)}\r\n\r\n`]);
  const request = await new ReadingReader(large).read();
  assertEquals(request!.headers.get("x")?.length, 15_000);
  assertEquals(new Set(large.sizes), new Set([2_048]));
  const row = new FakeSource(["GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500)]);
  const reader = new ReadingReader(row);
  for (let i = 0; i < 500; i++) assertEquals((await reader.read())!.target, "/");
  assertEquals(Math.max(...row.sizes), 32_768);
});

Deno.test("RequestReader refuses an expectation that it does not know with 417 (RFC 9110 §10.1.1)", async () => {
  const [request] = await readAll(["GET / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\n\r\n"]);
  assertEquals([request!.refusal!.status, request!.refusal!.code], [417, "expectation"]);
  const [old] = await readAll(["GET / HTTP/1.0\r\nExpect: a-miracle\r\n\r\n"]);
  assertEquals(old!.refusal, undefined);
});

Deno.test("RequestReader refuses content of a known length beyond the limit before reading it (RFC 9110 §15.5.14)", async () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ";
  const source = new FakeSource([`${head}11\r\n\r\n`]);
  const reader = new ReadingReader(source, { maxBodyBytes: 10 });
  const request = await reader.read();
  assertEquals([request!.refusal!.status, reader.continues], [413, 0]);
  const allowed = await new ReadingReader(new FakeSource([`${head}10\r\n\r\n`]), { maxBodyBytes: 10 }).read();
  assertEquals(allowed!.refusal, undefined);
  const byDefault = await new ReadingReader(new FakeSource([`${head}1048577\r\n\r\n`])).read();
  assertEquals(byDefault!.refusal!.status, 413);
});
