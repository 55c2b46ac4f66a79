// Ways that spare work must send the bytes of the long way: short texts go out right after their head, and parts that
// come again are kept joined.

import { assertEquals } from "@std/assert";
import { BufferPool } from "../../../src/bytes/buffer_pool.ts";
import { type HeaderField, HttpHeaders } from "../../../src/http/headers.ts";
import { JoinedHeads } from "../../../src/http/response/joined_heads.ts";
import { processResponse } from "../../../src/http/response/process_response.ts";
import { ResponsePreamble } from "../../../src/http/response/response_preamble.ts";
import { HttpRequest } from "../../../src/http/request/request.ts";
import { EMPTY_BODY } from "../../../src/http/request/request_body.ts";
import type { HttpResponse } from "../../../src/http/response/response.ts";
import { ResponseWriter } from "../../../src/http/response/response_writer.ts";
import { textOf } from "../../support/latin1.ts";
import { FakeSink, NOW_MS, send } from "../../support/sent_response.ts";

const LENGTHS = [1, 63, 64, 65, 66, 4_096, 16_383, 16_384, 16_385, 70_000];
const ODD = ["\x7f", "\x80", "\u00e9", "\u6f22", "\ud83d\ude00", "\ud800", "\udc00", "\0"];

Deno.test("processResponse() sends texts of every length as UTF-8, wherever a character beyond ASCII stands", async () => {
  for (const length of LENGTHS) {
    for (const odd of ["", ...ODD]) {
      for (const at of new Set([0, length >> 1, length - 1])) {
        const text = "a".repeat(at) + odd + "b".repeat(length - at - 1);
        const bytes = new TextEncoder().encode(text);
        const { head, content } = await send({ body: text });
        const [, size] = /\r\nContent-Length: (\d+)$/.exec(head) ?? [];
        assertEquals(
          [Number(size), content === textOf(bytes)],
          [bytes.length, true],
          `${length} ${odd} ${at}`,
        );
        const { head: asked } = await send({ body: text, request: "HEAD" });
        assertEquals(asked, head);
      }
    }
  }
});

Deno.test("processResponse() adds nothing of a text that is not ASCII before it is encoded", async () => {
  const sink = new FakeSink();
  const writer = new ResponseWriter(sink, new BufferPool());
  const options = { persistence: "keep-alive", preamble: new ResponsePreamble(""), nowMs: NOW_MS } as const;
  const request = new HttpRequest(
    { method: "GET", target: "/", version: "1.1", headers: new HttpHeaders() },
    EMPTY_BODY,
  );
  for (const body of ["first", "h\u00e9", "last"]) {
    processResponse(writer, request, { status: 200, headers: new HttpHeaders(), body }, options);
  }
  await writer.flush();
  const contents = sink.writes.join("").split(/HTTP\/1.1 200[^]*?\r\n\r\n/).slice(1);
  assertEquals(contents, ["first", "h\u00c3\u00a9", "last"]);
});

/** Responses of all kinds, some of which differ in nothing but the fields of the connection. */
function keptResponses(): HttpResponse[] {
  const stream = {
    async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      yield new Uint8Array(5).fill(0x61);
    },
  };
  const kinds:
    readonly (readonly [status: number, fields: readonly HeaderField[], body: HttpResponse["body"]])[] = [
      [200, [["Content-Type", "text/plain"]], "hello"],
      [200, [["Content-Type", "text/html"]], "hello"],
      [404, [["Content-Type", "text/plain"]], "no"],
      [200, [], null],
      [204, [["A", "1"]], null],
      [200, [["Connection", "close"], ["A", "1"]], "last"],
      [200, [["Content-Type", "text/plain"]], "h\u00e9"],
      [200, [["Content-Length", "005"]], "hello"],
      [200, [["Content-Length", "7"]], "hello"],
      [200, [["A", "1"]], "b".repeat(16_384)],
      [200, [["A", "1"]], ""],
      [426, [["Upgrade", "a"]], "upgrade"],
      [426, [["Upgrade", "b"]], "upgrade"],
      [200, [["Content-Length", "5"]], stream],
    ];
  return kinds.map(([status, fields, body]) => ({ status, headers: new HttpHeaders(fields), body }));
}

/** Copies of kept responses, in an order that mixes them. */
function copiedResponses(): HttpResponse[] {
  const kept = keptResponses();
  const runs = kept.keys().flatMap((i) => [i, i, i, i, 0, 0, 0, i, i]);
  const changes = [1, 2, 3, 4, 5].map((i) => ({ ...kept[0]!, body: `text ${i >> 1}` }));
  return [...runs.map((i) => kept[i]!), ...changes, ...changes]
    .map((response) => ({ ...response, headers: response.headers.clone() }));
}

/** Responses that are each made anew, every one twice after every other. */
function newResponses(): HttpResponse[] {
  const kinds = keptResponses().keys().toArray();
  return kinds.flatMap((one) => kinds.flatMap((other) => [one, one, one, other, other]))
    .map((i) => keptResponses()[i]!);
}

async function sendAll(
  responses: readonly HttpResponse[],
  joined: JoinedHeads | undefined,
): Promise<string[]> {
  const sink = new FakeSink();
  const preamble = new ResponsePreamble("s");
  const sent: string[] = [];
  for (const [index, response] of responses.entries()) {
    const writer = new ResponseWriter(sink, new BufferPool());
    const method = index % 11 === 10 ? "HEAD" : index % 13 === 12 ? "CONNECT" : "GET";
    const request = new HttpRequest(
      { method, target: "/", version: "1.1", headers: new HttpHeaders() },
      EMPTY_BODY,
    );
    const persistence = await processResponse(writer, request, response, {
      persistence: "keep-alive",
      preamble,
      nowMs: NOW_MS + 130 * index,
      ...(joined === undefined ? {} : { joined }),
    });
    await writer.flush();
    sent.push(sink.writes.splice(0).join("") + persistence);
  }
  return sent;
}

Deno.test("processResponse() sends the changes of fields that are kept and changed from response to response", async () => {
  const headers = new HttpHeaders([["X-Count", "0"], ["A", "1"]]);
  const sent: (string | undefined)[] = [];
  const joined = new JoinedHeads();
  for (let i = 0; i < 12; i++) {
    if (i % 3 === 0) headers.set("X-Count", String(i));
    const [output] = await sendAll([{ status: 200, headers, body: "text" }], joined);
    sent.push(/X-Count: (\d+)/.exec(output!)?.[1]);
  }
  assertEquals(sent, ["0", "0", "0", "3", "3", "3", "6", "6", "6", "9", "9", "9"]);
});

for (const [claim, make] of [["copied", copiedResponses], ["made anew", newResponses]] as const) {
  Deno.test(`processResponse() sends the same bytes whether heads are kept joined or not, in every order: ${claim}`, async () => {
    assertEquals(await sendAll(make(), new JoinedHeads()), await sendAll(make(), undefined));
  });
}

Deno.test("JoinedHeads keeps a text after its head only if both come again at once", () => {
  const heads = new JoinedHeads();
  const parts = [new Uint8Array([0x31]), new Uint8Array([0x32])] as const;
  const whole = (text: string, fields: Uint8Array = parts[1]): string | undefined => {
    const head = heads.of(parts[0], fields);
    const bytes = head === undefined ? undefined : heads.withText(head, text);
    return bytes === undefined ? undefined : textOf(bytes);
  };
  assertEquals([whole("a"), whole("a")], [undefined, undefined], "the head is new, and then the text");
  assertEquals([whole("a"), whole("a")], ["12Content-Length: 1\r\n\r\na", "12Content-Length: 1\r\n\r\na"]);
  assertEquals([whole("b"), whole("a"), whole("a")], [undefined, undefined, "12Content-Length: 1\r\n\r\na"]);
  assertEquals([whole("a", parts[0]), whole("a", parts[0])], [undefined, undefined]);
  assertEquals(whole("\u00e9", parts[0]), undefined);
  assertEquals(whole("\u00e9", parts[0]), "11Content-Length: 2\r\n\r\n\u00c3\u00a9");
});

Deno.test("JoinedHeads joins only arrays that come again at once", () => {
  const heads = new JoinedHeads();
  const [one, other] = [new Uint8Array([0x31]), new Uint8Array([0x32])];
  const join = (preamble: Uint8Array, fields: Uint8Array): string | undefined => {
    const bytes = heads.of(preamble, fields);
    return bytes === undefined ? undefined : textOf(bytes);
  };
  assertEquals([join(one, one), join(one, other), join(one, one)], [undefined, undefined, undefined]);
  assertEquals([join(one, one), join(one, one)], ["11Content-Length: ", "11Content-Length: "]);
  assertEquals([join(other, one), join(other, one)], [undefined, "21Content-Length: "]);
});
