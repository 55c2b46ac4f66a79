import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { createBackend, type Handler } from "../../src/backend/handler.ts";
import { ExplainedError } from "../../src/backend/explained_error.ts";
import { run } from "../../src/backend/run.ts";
import { HttpError } from "../../src/http/errors.ts";
import { type HttpResponse, textResponse } from "../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../support/fake_request.ts";

function runHandler(
  handler: Handler,
): { response: HttpResponse | Promise<HttpResponse>; context: { error?: unknown } } {
  const context = fakeContext();
  return { response: run(createBackend([], handler), fakeRequest("GET /"), context), context };
}

Deno.test("run() gives a ready response without a promise, and a promised one as it is", async () => {
  const ready = textResponse(200, "hi");
  assertStrictEquals(runHandler(() => ready).response, ready);
  const { response } = runHandler(() => Promise.resolve(ready));
  assertEquals(response instanceof Promise, true);
  assertStrictEquals(await response, ready);
});

Deno.test("run() turns an HttpError into a response with its status and fields, and nothing of its text", async () => {
  const error = new HttpError(405, "secret", { headers: [["Allow", "GET"]] });
  const fail = (): never => {
    throw error;
  };
  for (const { response, context } of [runHandler(fail), runHandler(() => Promise.reject(error))]) {
    const { status, headers, body } = await response;
    const text = "405 Method Not Allowed\nThis address does not accept the method of the request.\n";
    assertEquals([status, headers.get("allow"), body], [405, "GET", text]);
    assertStrictEquals(context.error, error);
  }
});

Deno.test("run() shows the explanation of an ExplainedError to everybody (RFC 9110 §15.5)", async () => {
  const { response } = runHandler(() => {
    throw new ExplainedError(400, "secret", { explanation: "Not like this." });
  });
  assertEquals((await response).body, "400 Bad Request\nNot like this.\n");
});

Deno.test("run() turns everything else that is thrown into 500", async () => {
  for (const thrown of [new TypeError("x"), "text", undefined, null, { status: 404 }]) {
    const { response } = runHandler(() => Promise.reject(thrown));
    assertEquals((await response).status, 500);
  }
});

Deno.test("run() refuses a status that cannot be final: 1xx is the server's own (RFC 9110 §15.2)", async () => {
  for (const status of [100, 101, 199, 600, 200.5, NaN, 0, -1]) {
    for (
      const { response, context } of [
        runHandler(() => textResponse(status, "")),
        runHandler(() => Promise.resolve(textResponse(status, ""))),
      ]
    ) {
      assertEquals((await response).status, 500);
      assertEquals(context.error instanceof RangeError, true);
    }
  }
});

Deno.test("run() responds with 500 when the handler forgets its response", async () => {
  const nothing = (() => undefined) as unknown as Handler;
  const promisedNothing = (() => Promise.resolve(undefined)) as unknown as Handler;
  const promisedNull = (() => Promise.resolve(null)) as unknown as Handler;
  for (const handler of [nothing, promisedNothing, promisedNull]) {
    assertEquals((await runHandler(handler).response).status, 500);
  }
});

Deno.test("run() keeps an error that middleware noted earlier", async () => {
  const noted = new Error("first");
  const { response, context } = runHandler((_request, context) => {
    context.error = noted;
    throw new Error("second");
  });
  await response;
  assertStrictEquals(context.error, noted);
});

Deno.test("HttpError takes only a status and fields that a response can have", () => {
  for (const status of [200, 399, 600, 99, 404.5, NaN]) {
    assertThrows(() => new HttpError(status, "x"), RangeError);
  }
  for (const field of [["A", "b\r\nC: d"], ["A B", "c"]] as const) {
    assertThrows(() => new HttpError(400, "x", { headers: [field] }), TypeError);
  }
  const cause = new Error("why");
  const error = new HttpError(418, "teapot", { cause, offset: 7 });
  assertEquals([error.name, error.status, error.code, error.offset, error.headers], [
    "HttpError",
    418,
    "refused",
    7,
    [],
  ]);
  assertStrictEquals(error.cause, cause);
  assertEquals("cause" in new HttpError(400, "x"), false);
});
