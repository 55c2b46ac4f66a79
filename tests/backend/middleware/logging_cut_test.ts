import { assertEquals, assertRejects } from "@std/assert";
import { createResponse, type HttpResponse, textResponse } from "../../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";
import { collectLogs } from "./collected_logs.ts";

Deno.test("logging() logs a request once if the server gives up its response, whether the response still comes or not", async () => {
  for (const isLate of [true, false]) {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    const { access, error, handle } = collectLogs(() => promise);
    const context = fakeContext();
    const response = Promise.resolve(handle(fakeRequest("GET /slow"), context));
    assertEquals([access.length, error.length], [0, 0]);
    context.onCut?.();
    if (isLate) resolve(textResponse(200, "too late"));
    else reject(new Error("too late"));
    if (isLate) assertEquals((await response).status, 200);
    else await assertRejects(() => response, Error, "too late");
    assertEquals(access.map(({ url, status, bytes }) => [url, status, bytes]), [["/slow", 503, 0]]);
    assertEquals(error.map(({ level, message }) => [level, message]), [
      ["error", "Cannot wait for the answer: the server stops"],
    ]);
  }
});

Deno.test("logging() logs a streamed response that the server gives up, with the bytes that were taken", async () => {
  async function* stuck(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(7);
    await new Promise(() => {});
  }
  const { access, handle } = collectLogs(() => Promise.resolve(createResponse(200, stuck())));
  const context = fakeContext();
  const { body } = await handle(fakeRequest("GET /stream"), context);
  const iterator = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  await iterator.next();
  context.onCut?.();
  assertEquals(access.map(({ status, bytes }) => [status, bytes]), [[200, 7]]);
});

Deno.test("logging() logs a promised response only once", async () => {
  const { access, handle } = collectLogs(() => Promise.resolve(textResponse(200, "hello")));
  const context = fakeContext();
  await handle(fakeRequest("GET /"), context);
  assertEquals([access.length, context.onCut], [1, undefined]);
});
