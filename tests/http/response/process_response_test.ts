import { assert, assertEquals, assertRejects } from "@std/assert";
import { BytePieces } from "../../../src/bytes/byte_pieces.ts";
import { BufferPool } from "../../../src/bytes/buffer_pool.ts";
import { type HeaderField, HttpHeaders } from "../../../src/http/headers.ts";
import { processResponse } from "../../../src/http/response/process_response.ts";
import { ResponsePreamble } from "../../../src/http/response/response_preamble.ts";
import { HttpRequest } from "../../../src/http/request/request.ts";
import { EMPTY_BODY } from "../../../src/http/request/request_body.ts";
import { createResponse, type ResponseBody } from "../../../src/http/response/response.ts";
import { ResponseWriter } from "../../../src/http/response/response_writer.ts";
import { FakeSink, frame, NOW_MS, Pieces, send } from "../../support/sent_response.ts";

type BodyKind = "none" | "text" | "unicode" | "bytes" | "pieces" | "stream" | "promised";

function makeBody(kind: BodyKind): { body: ResponseBody; fields: HeaderField[]; stream?: Pieces } {
  const stream = new Pieces("he", "", "llo");
  switch (kind) {
    case "none":
      return { body: null, fields: [] };
    case "text":
      return { body: "hello", fields: [] };
    case "unicode":
      return { body: "h\u00e9", fields: [] };
    case "bytes":
      return { body: new Uint8Array([0x68, 0x69]), fields: [] };
    case "pieces":
      return { body: new BytePieces([new Uint8Array([0x68]), new Uint8Array([0x69])]), fields: [] };
    case "stream":
      return { body: stream, fields: [], stream };
    case "promised":
      return { body: stream, fields: [["Content-Length", "5"]], stream };
  }
}

// The framing of responses to GET in HTTP/1.1 and HTTP/1.0, as far as they differ.
const FRAMINGS: readonly (readonly [BodyKind, string, string])[] = [
  ["none", 'Content-Length: 0 | "" | keep-alive', 'Content-Length: 0 | "" | keep-alive'],
  ["text", 'Content-Length: 5 | "hello" | keep-alive', 'Content-Length: 5 | "hello" | keep-alive'],
  ["unicode", 'Content-Length: 3 | "hÃ©" | keep-alive', 'Content-Length: 3 | "hÃ©" | keep-alive'],
  ["bytes", 'Content-Length: 2 | "hi" | keep-alive', 'Content-Length: 2 | "hi" | keep-alive'],
  ["pieces", 'Content-Length: 2 | "hi" | keep-alive', 'Content-Length: 2 | "hi" | keep-alive'],
  [
    "stream",
    'Transfer-Encoding: chunked | "2\\r\\nhe\\r\\n3\\r\\nllo\\r\\n0\\r\\n\\r\\n" | keep-alive',
    '- | "hello" | close',
  ],
  ["promised", 'Content-Length: 5 | "hello" | keep-alive', 'Content-Length: 5 | "hello" | keep-alive'],
];

for (const [kind, inVersion11, inVersion10] of FRAMINGS) {
  for (const [version, expected] of [["1.1", inVersion11], ["1.0", inVersion10]] as const) {
    Deno.test(`processResponse() frames ${kind} content for HTTP/${version} (RFC 9112 §6)`, async () => {
      assertEquals(await frame({ version, ...makeBody(kind) }), expected);
      assertEquals(await frame({ version, status: 404, ...makeBody(kind) }), expected);
    });
    Deno.test(`processResponse() frames ${kind} content for HEAD in HTTP/${version} as for GET, without it (RFC 9110 §9.3.2)`, async () => {
      const { body, fields, stream } = makeBody(kind);
      const framing = expected.replace(/"[^|]*" \|/, '"" |');
      assertEquals(await frame({ request: "HEAD", version, body, fields }), framing);
      if (stream !== undefined) assertEquals(stream.returned, 1);
    });
    Deno.test(`processResponse() sends no ${kind} content with 204 and 304 in HTTP/${version} (RFC 9110 §15.3.5, §15.4.5)`, async () => {
      for (const status of [204, 304]) {
        for (const request of ["GET", "HEAD"]) {
          const { body, fields, stream } = makeBody(kind);
          assertEquals(await frame({ request, version, status, body, fields }), '- | "" | keep-alive');
          if (stream !== undefined) assertEquals(stream.returned, 1);
        }
      }
    });
    Deno.test(`processResponse() sends no ${kind} content with 205 in HTTP/${version} (RFC 9110 §15.3.6)`, async () => {
      const { body, fields, stream } = makeBody(kind);
      assertEquals(
        await frame({ version, status: 205, body, fields }),
        'Content-Length: 0 | "" | keep-alive',
      );
      if (stream !== undefined) assertEquals(stream.returned, 1);
    });
    Deno.test(`processResponse() sends no ${kind} content or length after CONNECT in HTTP/${version} (RFC 9110 §9.3.6)`, async () => {
      const { body, fields, stream } = makeBody(kind);
      const exchange = { request: "CONNECT", version, body, fields, persistence: "close" } as const;
      assertEquals(await frame(exchange), '- | "" | close');
      if (stream !== undefined) assertEquals(stream.returned, 1);
      assertEquals(await frame({ ...exchange, status: 405, body: "no" }), 'Content-Length: 2 | "no" | close');
    });
  }
}

Deno.test("processResponse() writes the preamble, and leaves out fields that the handler set itself", async () => {
  const own = await send({ serverName: "millrace", fields: [["A", "b"], ["a", "c"]] });
  assertEquals(own.head.split("\r\n"), [
    "HTTP/1.1 200 OK",
    "Date: Sun, 06 Nov 1994 08:49:37 GMT",
    "Server: millrace",
    "Connection: keep-alive",
    "A: b",
    "a: c",
    "Content-Length: 0",
  ]);
  const set = await send({ serverName: "millrace", fields: [["date", "today"], ["SERVER", "mine"]] });
  assertEquals(
    set.head,
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\ndate: today\r\nSERVER: mine\r\nContent-Length: 0",
  );
  const nameless = await send({ status: 299 });
  assertEquals(nameless.head.split("\r\n")[0], "HTTP/1.1 299 ");
  assert(!nameless.head.includes("Server"));
});

Deno.test("processResponse() decides the framing whatever the handler says (RFC 9112 §6.1)", async () => {
  const fields: HeaderField[] = [
    ["Content-Length", "99"],
    ["transfer-encoding", "chunked"],
    ["Keep-Alive", "timeout=5"],
    ["Upgrade", "h2c"],
    ["Connection", "upgrade"],
  ];
  const { head, content } = await send({ fields, body: "hello" });
  assertEquals(head.split("\r\n").slice(2), ["Connection: keep-alive", "Content-Length: 5"]);
  assertEquals(content, "hello");
  assertEquals(await frame({ fields: fields.slice(0, 1) }), 'Content-Length: 0 | "" | keep-alive');
  const inHead = await frame({ request: "HEAD", fields: [["Content-Length", "99"]] });
  assertEquals(inHead, 'Content-Length: 99 | "" | keep-alive');
  for (const length of ["+5", "5, 5", "", "x", "1".repeat(16)]) {
    const framing = await frame({ body: new Pieces("hello"), fields: [["Content-Length", length]] });
    assertEquals(framing, 'Transfer-Encoding: chunked | "5\\r\\nhello\\r\\n0\\r\\n\\r\\n" | keep-alive');
  }
});

Deno.test("processResponse() keeps a right Content-Length as the handler wrote it, and corrects any other (RFC 9110 §8.6)", async () => {
  const rows: readonly (readonly [given: string, sent: string])[] = [
    ["5", "5"],
    ["0005", "0005"],
    ["0006", "5"],
    ["+5", "5"],
    ["5.0", "5"],
    ["0x5", "5"],
    ["", "5"],
  ];
  for (const [given, sent] of rows) {
    const fields: HeaderField[] = [["Content-Length", given]];
    assertEquals(await frame({ body: "hello", fields }), `Content-Length: ${sent} | "hello" | keep-alive`);
  }
  const fields: HeaderField[] = [["Content-Length", "0005"]];
  for (const body of [new Pieces("hello"), "hello"]) {
    assertEquals(await frame({ body, fields }), 'Content-Length: 0005 | "hello" | keep-alive');
    assertEquals(await frame({ request: "HEAD", body, fields }), 'Content-Length: 0005 | "" | keep-alive');
  }
});

Deno.test("processResponse() sends Upgrade with 426 alone, and names it in Connection (RFC 9110 §7.8, §15.5.22)", async () => {
  const fields: HeaderField[] = [["Upgrade", "TLS/1.0"], ["Connection", "Upgrade"]];
  const required = await send({ status: 426, fields });
  assertEquals(required.head.split("\r\n").slice(2), [
    "Connection: keep-alive, upgrade",
    "Upgrade: TLS/1.0",
    "Content-Length: 0",
  ]);
  const closing = await send({ status: 426, fields: [...fields, ["Connection", "close"]] });
  assert(closing.head.includes("\r\nConnection: close, upgrade\r\nUpgrade: TLS/1.0\r\n"));
  assert(!(await send({ status: 426 })).head.includes("pgrade: "));
  assert(!(await send({ status: 200, fields })).head.includes("pgrade: "));
});

Deno.test("processResponse() sends a server's name beyond ASCII as single bytes (RFC 9110 §5.5)", async () => {
  assert((await send({ serverName: "caf\xe9" })).head.includes("\r\nServer: caf\xe9\r\n"));
});

Deno.test("processResponse() closes when the handler lists close, or the server wants it (RFC 9112 §9.6)", async () => {
  for (const value of ["close", "Close", "upgrade, close", "close, x"]) {
    assertEquals((await send({ fields: [["Connection", value]] })).persistence, "close");
  }
  assertEquals((await send({ persistence: "close" })).persistence, "close");
  assertEquals((await send({ fields: [["Connection", "closed"]] })).persistence, "keep-alive");
});

Deno.test("processResponse() sends text beyond ASCII in fields as single bytes (RFC 9110 §5.5)", async () => {
  for (const size of [1, 200, 2_000, 20_000]) {
    const value = "caf\xe9 \xff" + "x".repeat(size);
    const response = await send({ fields: [["A", value], ["B", "c"]], body: "hello" });
    assert(response.head.includes(`\r\nA: ${value}\r\nB: c\r\n`));
    assertEquals(response.content, "hello");
  }
});

Deno.test("processResponse() sends the same fields again from its cache", async () => {
  const sink = new FakeSink();
  const writer = new ResponseWriter(sink, new BufferPool());
  const response = createResponse(200, "hi", [["A", "caf\xe9"]]);
  const head = { method: "GET", target: "/", version: "1.1", headers: new HttpHeaders() } as const;
  const options = { persistence: "keep-alive", preamble: new ResponsePreamble("s"), nowMs: NOW_MS } as const;
  for (let again = 0; again < 3; again++) {
    await processResponse(writer, new HttpRequest(head, EMPTY_BODY), response, options);
  }
  response.headers.set("A", "other");
  await processResponse(writer, new HttpRequest(head, EMPTY_BODY), response, options);
  await writer.flush();
  const responses = sink.writes.join("").split("HTTP/1.1 ").slice(1);
  assertEquals(responses.slice(1, 3), [responses[0], responses[0]]);
  assertEquals(responses[3], responses[0]!.replace("caf\xe9", "other"));
  assertEquals(sink.writes.length, 1);
});

Deno.test("processResponse() gives long texts and many bytes whole", async () => {
  for (const size of [4_096, 4_097, 16_384, 16_385, 100_000]) {
    assertEquals((await send({ body: "a".repeat(size) })).content, "a".repeat(size));
    assertEquals((await send({ body: new Uint8Array(size).fill(0x62) })).content, "b".repeat(size));
  }
  assertEquals((await send({ body: "\u20ac".repeat(5_000) })).content.length, 15_000);
});

const CUT: readonly (readonly [claim: string, body: Pieces, sent: string])[] = [
  ["more than was promised, with nothing beyond the length sent", new Pieces("he", "llo!"), "hello"],
  ["more than was promised at once", new Pieces("hello!"), "hello"],
  ["less than was promised", new Pieces("hell"), "hell"],
  ["a failure in the middle", new Pieces("he", new Error("broken")), "he"],
];

for (const [claim, body, expected] of CUT) {
  Deno.test(`processResponse() rejects ${claim}, so that the connection is cut`, async () => {
    const sink = new FakeSink();
    await assertRejects(() => send({ body, fields: [["Content-Length", "5"]], sink }));
    assertEquals(sink.writes.join("").split("\r\n\r\n")[1], expected);
  });
}

Deno.test("processResponse() does not end the chunks of content that failed (RFC 9112 §8)", async () => {
  const sink = new FakeSink();
  await assertRejects(() => send({ body: new Pieces("he", new Error("broken")), sink }), Error, "broken");
  assertEquals(sink.writes.join("").split("\r\n\r\n")[1], "2\r\nhe\r\n");
});

Deno.test("processResponse() cancels content that is too long, and when the client is gone", async () => {
  const tooLong = new Pieces("hello!", "more");
  await assertRejects(
    () => send({ body: tooLong, fields: [["Content-Length", "5"]] }),
    RangeError,
    "promised 5",
  );
  assertEquals(tooLong.returned, 1);
  const unwanted = new Pieces("a", "b", "c");
  await assertRejects(() => send({ body: unwanted, sink: new FakeSink(2) }), Error, "gone");
  assertEquals(unwanted.returned, 1);
});

Deno.test("processResponse() sends the head of a stream before its first piece", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const sink = new FakeSink();
  async function* wait(): AsyncGenerator<Uint8Array> {
    await promise;
    yield new Uint8Array(1);
  }
  const sending = send({ body: wait(), sink });
  for (let turn = 0; turn < 50; turn++) await null;
  assert(sink.writes.join("").endsWith("\r\n\r\n"));
  resolve();
  await sending;
});

Deno.test("processResponse() takes a ReadableStream, and cancels one that is not sent", async () => {
  let isCancelled = false;
  const make = (): ReadableStream<Uint8Array> => {
    return new ReadableStream({
      pull(controller): void {
        controller.enqueue(new Uint8Array([0x61]));
        controller.close();
      },
      cancel(): void {
        isCancelled = true;
      },
    }, { highWaterMark: 0 });
  };
  assertEquals((await send({ body: make() })).content, "1\r\na\r\n0\r\n\r\n");
  assertEquals(isCancelled, false);
  await send({ request: "HEAD", body: make() });
  assertEquals(isCancelled, true);
});
