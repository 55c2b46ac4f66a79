import { finishBody } from "../../../src/http/request/finish_body.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { HttpError } from "../../../src/http/errors.ts";
import { processRequest } from "../../../src/http/request/process_request.ts";
import type { HttpRequest } from "../../../src/http/request/request.ts";
import { bufferedBody, EMPTY_BODY, readUpTo, readWhole } from "../../../src/http/request/request_body.ts";
import type { RequestReader, RequestReaderOptions } from "../../../src/http/request/request_reader.ts";
import { ConnectionError } from "../../../src/net/connection.ts";
import { type Arrival, FakeSource, ReadingReader } from "../../support/fake_source.ts";
import { textOf } from "../../support/latin1.ts";

const LENGTH = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n";
const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";
const EXPECT = "Expect: 100-continue\r\n";

interface Opened {
  readonly source: FakeSource;
  readonly reading: ReadingReader;
  readonly reader: RequestReader;
  readonly request: HttpRequest;
}

async function open(arrivals: readonly Arrival[], options: RequestReaderOptions = {}): Promise<Opened> {
  const source = new FakeSource(arrivals);
  const reading = new ReadingReader(source, options);
  const request = await reading.read();
  if (request === null) throw new Error("no request");
  return { source, reading, reader: reading.reader, request };
}

Deno.test("StreamedBody gives content of a known length as it comes", async () => {
  const { reader, request } = await open([`${LENGTH}\r\n01`, "234", "56789GET /b HTTP/1.0\r\n\r\n"]);
  assertEquals({
    length: request.body.length,
    isComplete: request.body.isComplete,
    hasUnreadBody: reader.hasUnreadBody,
  }, { length: 10, isComplete: false, hasUnreadBody: true });
  assertEquals(textOf((await request.body.read())!), "01");
  assertEquals(textOf((await request.body.read())!), "234");
  assertEquals(request.body.receivedBytes, 5);
  assertEquals(textOf(await readWhole(request.body)), "56789");
  assertEquals({
    isComplete: request.body.isComplete,
    hasUnreadBody: reader.hasUnreadBody,
    piece: await request.body.read(),
  }, { isComplete: true, hasUnreadBody: false, piece: null });
  assertEquals(reader.take()!.target, "/b");
});

Deno.test("StreamedBody gives chunked content without its framing, and its trailers at the end", async () => {
  const { request } = await open([`${CHUNKED}\r\n2\r\nhi\r\n`, "1;a\r\n!\r\n0\r\nSum: 3\r\n\r\n"]);
  assertEquals([request.body.length, request.body.trailers.size], [undefined, 0]);
  assertEquals(textOf(await readWhole(request.body)), "hi!");
  assertEquals([...request.body.trailers], [["Sum", "3"]]);
});

Deno.test("StreamedBody reads only on demand, which is the back-pressure", async () => {
  const { source, request } = await open([`${LENGTH}\r\n`, "0123456789"]);
  assertEquals(source.reads, 1);
  await request.body.read();
  assertEquals(source.reads, 2);
});

Deno.test("StreamedBody asks for content that is held back once, when it is read (RFC 9110 §10.1.1)", async () => {
  const { reading, reader, request } = await open([`${LENGTH}${EXPECT}\r\n`, "01234", "56789"]);
  assertEquals({ continues: reading.continues, isBodyHeldBack: reader.isBodyHeldBack }, {
    continues: 0,
    isBodyHeldBack: true,
  });
  assertEquals(textOf(await readWhole(request.body)), "0123456789");
  assertEquals({ continues: reading.continues, isBodyHeldBack: reader.isBodyHeldBack }, {
    continues: 1,
    isBodyHeldBack: false,
  });
});

Deno.test("StreamedBody asks for nothing when content has come already, not even for the rest (RFC 9110 §10.1.1)", async () => {
  const { reading, request } = await open([`${LENGTH}${EXPECT}\r\n01234`, "56789"]);
  assertEquals(textOf(await readWhole(request.body)), "0123456789");
  assertEquals(reading.continues, 0);
});

Deno.test("StreamedBody asks an HTTP/1.0 client for nothing (RFC 9110 §10.1.1)", async () => {
  const { reading, request } = await open([`POST / HTTP/1.0\r\nContent-Length: 2\r\n${EXPECT}\r\n`, "hi"]);
  assertEquals(textOf(await readWhole(request.body)), "hi");
  assertEquals(reading.continues, 0);
});

const BROKEN:
  readonly (readonly [claim: string, arrivals: readonly Arrival[], status: number, code: string])[] = [
    ["a broken chunk", [`${CHUNKED}\r\n2\r\nhiXX`], 400, "bad-chunk"],
    ["content that is cut off", [`${LENGTH}\r\n0123`, null], 400, "incomplete"],
    ["chunks that are cut off", [`${CHUNKED}\r\n5\r\nhi`, null], 400, "incomplete"],
    [
      "content that comes too slowly",
      [`${LENGTH}\r\n0`, new HttpError(408, "slow", { code: "timeout" })],
      408,
      "timeout",
    ],
    [
      "chunks beyond the limit",
      [`${CHUNKED}\r\n8\r\n01234567\r\n8\r\n01234567\r\n0\r\n\r\n`],
      413,
      "body-too-large",
    ],
  ];

for (const [claim, arrivals, status, code] of BROKEN) {
  Deno.test(`StreamedBody.read() rejects ${claim} again and again, and refuses the request`, async () => {
    const { reader, request } = await open(arrivals, { maxBodyBytes: 10 });
    for (let again = 0; again < 2; again++) {
      const error = await assertRejects(() => readWhole(request.body), HttpError);
      assertEquals([error.status, error.code], [status, code]);
    }
    // So the response says that the connection ends, even if the handler ignores the error.
    assertEquals({ status: request.refusal?.status, isComplete: request.body.isComplete }, {
      status,
      isComplete: false,
    });
    assertEquals(await finishBody(reader.body, 1_000), false);
  });
}

Deno.test("StreamedBody gives what is within the limit before it fails", async () => {
  const { request } = await open([`${CHUNKED}\r\n8\r\n01234567\r\n8\r\n89abcdef\r\n0\r\n\r\n`], {
    maxBodyBytes: 10,
  });
  const { bytes, error } = await readUpTo(request.body, 100);
  assertEquals([textOf(bytes), (error as HttpError).status], ["0123456789", 413]);
});

Deno.test("StreamedBody gives content of exactly the limit", async () => {
  const { request } = await open([`${CHUNKED}\r\na\r\n0123456789\r\n0\r\n\r\n`], { maxBodyBytes: 10 });
  assertEquals((await readWhole(request.body)).length, 10);
  assertEquals(request.refusal, undefined);
});

Deno.test("StreamedBody.read() refuses a second reader, and goes on for the first", async () => {
  const { reader, request } = await open([`${LENGTH}\r\n`, "01234", "56789"]);
  const first = request.body.read();
  const second = assertRejects(() => request.body.read(), TypeError, "it is being read");
  // While a handler still reads, the start of the next request is not known.
  const finished = finishBody(reader.body, 1_000);
  await second;
  assertEquals(await finished, false);
  assertEquals(textOf((await first)!), "01234");
  assertEquals(textOf(await readWhole(request.body)), "56789");
});

Deno.test("finishBody() drops what was left, within its bound", async () => {
  const content = "x".repeat(100_000);
  const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
  const within = await open([head + content + "GET /b HTTP/1.0\r\n\r\n"]);
  assertEquals(await finishBody(within.reader.body, 100_000), true);
  assertEquals((await processRequest(within.reader))?.target, "/b");
  const beyond = await open([head + content]);
  assertEquals(await finishBody(beyond.reader.body, 1_000), false);
  assert(beyond.request.body.receivedBytes <= 1_000 + 65_536, `${beyond.request.body.receivedBytes} bytes`);
});

Deno.test("finishBody() has nothing to do without content, or when all content was read", async () => {
  const { source, reader, request } = await open([`${LENGTH}\r\n0123456789`]);
  await readWhole(request.body);
  assertEquals({ isFinished: await finishBody(reader.body, 0), reads: source.reads }, {
    isFinished: true,
    reads: 1,
  });
  const empty = await open(["GET / HTTP/1.0\r\n\r\n"]);
  assertEquals({
    isFinished: await finishBody(empty.reader.body, 0),
    hasUnreadBody: empty.reader.hasUnreadBody,
    body: empty.reader.body,
  }, { isFinished: true, hasUnreadBody: false, body: undefined });
});

Deno.test("finishBody() rejects with the error of a lost connection", async () => {
  const { reader } = await open([`${LENGTH}\r\n0`, new ConnectionError("reset", "reset")]);
  await assertRejects(() => finishBody(reader.body, 1_000), ConnectionError);
});

Deno.test("readUpTo() keeps the beginning of content that is too long, and never rejects", async () => {
  const { bytes, error } = await readUpTo(bufferedBody(new Uint8Array([1, 2, 3])), 2);
  assertEquals([[...bytes], (error as HttpError).code], [[1, 2], "body-too-large"]);
  await assertRejects(() => readWhole(bufferedBody(new Uint8Array(3)), 2), HttpError);
});

Deno.test("readWhole() joins pieces of one byte into one array, with a copy that outlives the buffer", async () => {
  const { request } = await open([
    `${CHUNKED}\r\n`,
    ...Array.from({ length: 300 }, () => "1\r\nx\r\n"),
    "0\r\n\r\n",
  ]);
  assertEquals(textOf(await readWhole(request.body)), "x".repeat(300));
});

Deno.test("bufferedBody() can be read once, and an empty one is complete", async () => {
  const body = bufferedBody(new Uint8Array([1, 2]));
  assertEquals({
    length: body.length,
    receivedBytes: body.receivedBytes,
    isComplete: body.isComplete,
    trailerCount: body.trailers.size,
  }, { length: 2, receivedBytes: 0, isComplete: false, trailerCount: 0 });
  assertEquals([...(await body.read())!], [1, 2]);
  assertEquals({ piece: await body.read(), receivedBytes: body.receivedBytes, isComplete: body.isComplete }, {
    piece: null,
    receivedBytes: 2,
    isComplete: true,
  });
  assertEquals(bufferedBody(new Uint8Array()).isComplete, true);
});

Deno.test("EMPTY_BODY is shared, but its trailers are not", async () => {
  EMPTY_BODY.trailers.append("A", "b");
  assertEquals([EMPTY_BODY.trailers.size, await EMPTY_BODY.read()], [0, null]);
});
