import { assert, assertEquals, assertFalse, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { ExplainedError } from "../../../src/backend/explained_error.ts";
import { type Handler, type RequestContext } from "../../../src/backend/handler.ts";
import { showErrors } from "../../../src/backend/middleware/show_errors.ts";
import { HttpError } from "../../../src/http/errors.ts";
import { type HttpResponse, textResponse } from "../../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";

const on = showErrors({ isShown: () => true });
const off = showErrors({ isShown: () => false });

/** A handler that throws. */
function failing(error: unknown): Handler {
  return () => {
    throw error;
  };
}

function respond(handler: Handler, context: RequestContext = fakeContext()): HttpResponse {
  const response = handler(fakeRequest("GET /"), context);
  assertFalse(response instanceof Promise, "a synchronous failure has a synchronous response");
  return response as HttpResponse;
}

Deno.test("showErrors() gives an HttpError its status, its fields and an HTML page", () => {
  const error = new HttpError(405, "Cannot serve: GET only", { headers: [["Allow", "GET"]] });
  const response = respond(off(failing(error)));
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("allow"), "GET");
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertStringIncludes(String(response.body), "<h1>405 Method Not Allowed</h1>");
});

Deno.test("showErrors() makes everything else 500", () => {
  for (
    const error of [new Error("disk gone"), new TypeError("x"), "text", undefined, null, Symbol("s"), {
      a: 1,
    }]
  ) {
    const response = respond(on(failing(error)));
    assertEquals(response.status, 500);
    assertStringIncludes(String(response.body), "500 Internal Server Error");
  }
});

Deno.test("showErrors() notes the caught error", () => {
  const error = new Error("disk gone");
  const context = fakeContext();
  respond(off(failing(error)), context);
  assertStrictEquals(context.error, error);
});

Deno.test("showErrors() keeps the original message to itself while error display is off", () => {
  for (const error of [new Error("secret <path>"), new HttpError(400, "secret <path>")]) {
    assertFalse(String(respond(off(failing(error))).body).includes("secret"));
  }
});

Deno.test("showErrors() shows the original message, escaped, while error display is on", () => {
  for (const error of [new Error("secret <path>"), new HttpError(400, "secret <path>"), "secret <path>"]) {
    const body = String(respond(on(failing(error))).body);
    assertStringIncludes(body, "secret &lt;path&gt;");
    assertFalse(body.includes("<path>"));
  }
});

Deno.test("showErrors() shows controls that a browser would swallow", () => {
  const body = String(respond(on(failing(new HttpError(400, "got \x7f\x9b")))).body);
  assertStringIncludes(body, "got \\u007f\\u009b");
});

Deno.test("showErrors() shows the messages of the causes too, each once, also when causes form a circle", () => {
  const inner = new Error("inner");
  const outer = new Error("outer", { cause: new Error("outer", { cause: inner }) });
  inner.cause = outer;
  assertStringIncludes(String(respond(on(failing(outer))).body), "<pre>outer\ncaused by: inner</pre>");
});

Deno.test("showErrors() shows the name of an error without a message", () => {
  assertStringIncludes(String(respond(on(failing(new RangeError()))).body), "<pre>RangeError</pre>");
});

Deno.test("showErrors() gives the explanation of an ExplainedError to everybody", () => {
  const error = new ExplainedError(400, "secret", { explanation: "The <divisor> is not a number." });
  const body = String(respond(off(failing(error))).body);
  assertStringIncludes(body, "The &lt;divisor&gt; is not a number.");
  assertFalse(body.includes("secret"));
});

Deno.test("showErrors() says something for every status, also one without a name", () => {
  for (const status of [400, 404, 408, 413, 414, 417, 418, 431, 499, 500, 501, 503, 505, 599]) {
    const response = respond(off(failing(new HttpError(status, "x"))));
    assertEquals(response.status, status);
    const [, sentence] = /<\/h1>\s*<p>([^<]+)<\/p>/.exec(String(response.body)) ?? [];
    assert(sentence !== undefined && sentence.length > 20, `${status}: ${sentence}`);
  }
});

Deno.test("showErrors() responds to a rejected promise the same way", async () => {
  const context = fakeContext();
  const error = new HttpError(413, "too much");
  const response = await off(() => Promise.reject(error))(fakeRequest("GET /"), context);
  assertEquals(response.status, 413);
  assertStrictEquals(context.error, error);
});

Deno.test("showErrors() passes on good responses unchanged, synchronous or promised", async () => {
  const good = textResponse(200, "good");
  const context = fakeContext();
  assertStrictEquals(off(() => good)(fakeRequest("GET /"), context), good);
  assertStrictEquals(await off(() => Promise.resolve(good))(fakeRequest("GET /"), context), good);
  assertEquals(context.error, undefined);
});
