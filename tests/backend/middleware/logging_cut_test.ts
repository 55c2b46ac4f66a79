import { assertEquals, assertRejects } from "@std/assert";
import { createResponse, type HttpResponse, textResponse } from "../../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";
import { collectLogs } from "./collected_logs.ts";

Deno.test("logging() logs a request once whose answer the server gives up, whatever becomes of it", async () => {
  for (const isAnswered of [true, false]) {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    const { access, error, handle } = collectLogs(() => promise);
    const context = fakeContext();
    const answer = Promise.resolve(handle(fakeRequest("GET /slow"), context));
    assertEquals([access.length, error.length], [0, 0]);
    context.onCut?.();
    if (isAnswered) resolve(textResponse(200, "too late"));
    else reject(new Error("too late"));
    if (isAnswered) assertEquals((await answer).status, 200);
    else await assertRejects(() => answer, Error, "too late");
    assertEquals(access.map(({ url, status, bytes }) => [url, status, bytes]), [["/slow", 503, 0]]);
    assertEquals(error.map(({ level, message }) => [level, message]), [
      ["error", "Cannot wait for the answer: the server stops"],
    ]);
  }
});

Deno.test("logging() logs a streamed answer that the server gives up with the bytes that were taken", async () => {
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

Deno.test("logging() logs nothing more of a promised answer that it has logged", async () => {
  const { access, handle } = collectLogs(() => Promise.resolve(textResponse(200, "hello")));
  const context = fakeContext();
  await handle(fakeRequest("GET /"), context);
  assertEquals([access.length, context.onCut], [1, undefined]);
});
