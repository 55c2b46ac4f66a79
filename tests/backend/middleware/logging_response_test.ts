import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { createResponse, type HttpResponse } from "../../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";
import { collectLogs } from "./collected_logs.ts";

const SHORT = (): "short" => "short";

/** Responses, and the bytes of content on the wire. */
const BYTES_ROWS: readonly (readonly [what: string, line: string, response: HttpResponse, bytes: number])[] =
  [
    ["a text in ASCII", "GET /", createResponse(200, "hello"), 5],
    ["a text in UTF-8", "GET /", createResponse(200, "caf\u00e9 \u{1f600}"), 10],
    ["a long text", "GET /", createResponse(200, "\u20ac".repeat(1_000)), 3_000],
    ["bytes", "GET /", createResponse(200, new Uint8Array(7)), 7],
    ["nothing", "GET /", createResponse(303), 0],
    ["HEAD", "HEAD /", createResponse(200, "hello"), 0],
    ["204", "GET /", createResponse(204, "never sent"), 0],
    ["304 with a stream that is never read", "GET /", createResponse(304, streamOf(3)), 0],
  ];

async function* streamOf(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield await Promise.resolve(new Uint8Array(size));
}

for (const [what, line, response, bytes] of BYTES_ROWS) {
  Deno.test(`logging() counts the content of a response: ${what}`, () => {
    const { access, handle } = collectLogs(() => response, { formOf: SHORT });
    assertStrictEquals(handle(fakeRequest(line), fakeContext()), response);
    assertEquals(access.map((entry) => entry.bytes), [bytes]);
  });
}

Deno.test("logging() logs a streamed response when it ends", async () => {
  const { access, handle } = collectLogs(() => Promise.resolve(createResponse(200, streamOf(3, 4))), {
    formOf: SHORT,
  });
  const { body } = await handle(fakeRequest("GET /"), fakeContext());
  assertEquals(access, []);
  for await (const piece of body as AsyncIterable<Uint8Array>) assertInstanceOf(piece, Uint8Array);
  assertEquals(access.map(({ status, bytes }) => [status, bytes]), [[200, 7]]);
});

Deno.test("logging() logs a streamed response that its reader leaves, without an error", async () => {
  const { access, error, handle } = collectLogs(() => createResponse(200, streamOf(3, 4)), { formOf: SHORT });
  const { body } = await handle(fakeRequest("GET /"), fakeContext());
  for await (const _piece of body as AsyncIterable<Uint8Array>) break;
  assertEquals([access.map(({ bytes }) => bytes), error], [[3], []]);
});

for (const access of [true, false]) {
  Deno.test(`logging() logs the error that breaks a streamed response, with the access log ${access ? "on" : "off"}`, async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* streamOf(3);
      throw new Error("disk gone");
    }
    const off = access ? {} : { access: undefined };
    const logged = collectLogs(() => createResponse(200, failing()), { formOf: SHORT, ...off });
    const { body } = await logged.handle(fakeRequest("GET /file"), fakeContext());
    await assertRejects(
      async () => {
        for await (const piece of body as AsyncIterable<Uint8Array>) assertEquals(piece.length, 3);
      },
      Error,
      "disk gone",
    );
    assertEquals(logged.error.map(({ level, status, message }) => [level, status, message]), [[
      "error",
      500,
      "disk gone",
    ]]);
    assertEquals(logged.access.map(({ status, bytes }) => [status, bytes]), access ? [[200, 3]] : []);
  });
}
