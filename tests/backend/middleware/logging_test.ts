import type { MaybePromise } from "../../../src/base/maybe_promise.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Handler } from "../../../src/backend/handler.ts";
import { logging } from "../../../src/backend/middleware/logging.ts";
import { HttpError } from "../../../src/http/errors.ts";
import { HttpHeaders } from "../../../src/http/headers.ts";
import { HttpRequest } from "../../../src/http/request/request.ts";
import {
  bufferedBody,
  EMPTY_BODY,
  readWhole,
  type RequestBody,
} from "../../../src/http/request/request_body.ts";
import { type HttpResponse, textResponse } from "../../../src/http/response/response.ts";
import type { AccessEntry } from "../../../src/log/entry.ts";
import { createRequestIds } from "../../../src/log/request_id.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";
import { settle } from "../../support/deadline.ts";
import { collectLogs } from "./collected_logs.ts";

const SHORT = (): "short" => "short";

/** A body that arrives in pieces and then fails, if there is an error. */
function arrivingBody(pieces: readonly string[], error?: unknown): RequestBody & { readonly reads: number } {
  const rest = pieces.map((piece) => new TextEncoder().encode(piece));
  return {
    length: undefined,
    receivedBytes: 0,
    isComplete: false,
    wireOffset: 0,
    trailers: new HttpHeaders([["X-Sum", "1"]]),
    reads: 0,
    read(): Promise<Uint8Array | null> {
      (this as { reads: number }).reads++;
      const piece = rest.shift();
      if (piece === undefined && error !== undefined) return Promise.reject(error);
      return Promise.resolve(piece ?? null);
    },
  };
}

function postRequest(
  body: RequestBody,
  fields: readonly (readonly [string, string])[] = [],
  rawHead: string = "",
): HttpRequest {
  const head = { method: "POST", target: "/x", version: "1.1", headers: new HttpHeaders(fields) } as const;
  return new HttpRequest(head, body, { raw: rawHead, end: rawHead.length });
}

function bodyText(entry: AccessEntry | undefined): string | undefined {
  return entry?.request && new TextDecoder().decode(entry.request.body);
}

function isPromise(value: MaybePromise<HttpResponse>): boolean {
  return value instanceof Promise;
}

Deno.test("logging() writes one short entry, synchronously, and passes the response on as it is", () => {
  const response = textResponse(200, "hello");
  const { access, error, handle } = collectLogs(() => response, { formOf: SHORT });
  const context = fakeContext();
  assertStrictEquals(handle(fakeRequest("GET /a?b", "k=v"), context), response);
  assertEquals(access, [{
    timeMs: 0,
    id: context.requestId ?? "",
    client: context.remote,
    status: 200,
    method: "GET",
    url: "/a?b",
    cookies: [{ name: "k", value: "v" }],
    bytes: 5,
    durationMs: 5,
    details: undefined,
    request: undefined,
  }]);
  assertEquals(error, []);
});

Deno.test("logging() in full form stays synchronous for a request without content", () => {
  const { access, handle } = collectLogs(() => textResponse(200, ""));
  assertEquals(isPromise(handle(fakeRequest("GET /"), fakeContext())), false);
  assertEquals(access[0]?.request, {
    head: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    body: new Uint8Array(0),
    bodyEnd: "whole",
  });
});

Deno.test("logging() in full form prefers the head as it was received", () => {
  const { access, handle } = collectLogs(() => textResponse(200, ""));
  handle(postRequest(EMPTY_BODY, [], "POST  /x\r\nhOST:a\r\n\r\n"), fakeContext());
  assertEquals(access[0]?.request?.head, "POST  /x\r\nhOST:a\r\n\r\n");
});

Deno.test("logging() in full form reads the body and gives it to the handler again, with its trailers", async () => {
  const seen: unknown[] = [];
  const { access, handle } = collectLogs(async (request) => {
    seen.push(new TextDecoder().decode(await readWhole(request.body)), request.body.trailers.get("x-sum"));
    seen.push(
      request.body.length,
      request.body.receivedBytes,
      request.body.isComplete,
      await request.body.read(),
    );
    return textResponse(200, "");
  });
  await handle(postRequest(arrivingBody(["a=", "b"])), fakeContext());
  assertEquals(seen, ["a=b", "1", 3, 3, true, null]);
  assertEquals([bodyText(access[0]), access[0]?.request?.bodyEnd], ["a=b", "whole"]);
});

/** How reading fails; then the status of the response, and text and end of the logged body. */
const BROKEN_ROWS: readonly (readonly [what: string, error: unknown, status: number, end: string])[] = [
  ["a broken chunk", new HttpError(400, "Cannot read the chunk", { code: "bad-chunk" }), 400, "broken"],
  ["a client that is too slow", new HttpError(408, "Cannot wait", { code: "timeout" }), 408, "broken"],
  [
    "a body beyond the server's limit",
    new HttpError(413, "Cannot take", { code: "body-too-large" }),
    413,
    "cut",
  ],
  ["a lost connection", new Error("reset by peer"), 400, "broken"],
];

for (const [what, failure, status, end] of BROKEN_ROWS) {
  Deno.test(`logging() refuses the request for ${what}, and logs the beginning`, async () => {
    const { access, error, handle } = collectLogs(() => textResponse(200, "not reached"));
    const request = postRequest(arrivingBody(["abc"], failure));
    const thrown = await assertRejects(async () => await handle(request, fakeContext()), HttpError);
    assertEquals([thrown.status, request.refusal?.status], [status, status]);
    assertEquals([access[0]?.status, bodyText(access[0]), access[0]?.request?.bodyEnd], [status, "abc", end]);
    assertEquals(error.map((entry) => entry.status), [status]);
  });
}

Deno.test("logging() asks the log for room before much content becomes one array, and frees it if it is broken", async () => {
  const { promise: room, resolve } = Promise.withResolvers<void>();
  const entries: AccessEntry[] = [];
  const lengths: number[] = [];
  const { handle } = collectLogs(() => textResponse(200, ""), {
    access: {
      write(entry): void {
        entries.push(entry);
        lengths.push(entry.request!.body.length);
      },
      whenRoom: () => room,
    },
  });
  const pieces = Array.from({ length: 10 }, () => "x".repeat(10_000));
  const response = handle(postRequest(arrivingBody(pieces, new Error("reset by peer"))), fakeContext());
  await settle();
  assertEquals(entries, []);
  resolve();
  await assertRejects(async () => await response, HttpError);
  assertEquals({ lengths, afterwards: entries[0]?.request?.body.length }, {
    lengths: [100_000],
    afterwards: 0,
  });
});

Deno.test("logging() in full form cuts a body at maxBodyBytes and refuses it with 413 (RFC 9110 §15.5.14)", async () => {
  const { access, handle } = collectLogs(() => textResponse(200, ""), { maxBodyBytes: 4 });
  const request = postRequest(arrivingBody(["abc", "def"]));
  await assertRejects(async () => await handle(request, fakeContext()), HttpError);
  assertEquals([request.refusal?.status, bodyText(access[0]), access[0]?.request?.bodyEnd], [
    413,
    "abcd",
    "cut",
  ]);
});

Deno.test("logging() does not ask for the content of a refused request that holds it back (RFC 9110 §10.1.1)", () => {
  const { access, handle } = collectLogs(() => textResponse(200, ""));
  const body = arrivingBody(["abc"]);
  const request = postRequest(body, [["Expect", "100-continue"]]);
  request.refuse(new HttpError(413, "Cannot take the body"));
  assertThrows(() => handle(request, fakeContext()), HttpError);
  assertEquals([body.reads, access[0]?.request?.bodyEnd, access[0]?.status], [0, "unread", 413]);
});

Deno.test("logging() in full form reads the content of a refused request, and keeps the first refusal", async () => {
  const { access, handle } = collectLogs(() => textResponse(200, ""));
  const request = postRequest(arrivingBody(["abc"], new HttpError(408, "later")));
  request.refuse(new HttpError(417, "first"));
  await assertRejects(async () => await handle(request, fakeContext()), HttpError, "first");
  assertEquals([access[0]?.status, bodyText(access[0])], [417, "abc"]);
});

Deno.test("logging() logs the request that switches the form still in the old form", () => {
  let form: "short" | "full" = "full";
  const handler: Handler = () => {
    form = "short";
    return textResponse(200, "");
  };
  const { access, handle } = collectLogs(handler, { formOf: () => form });
  for (let i = 0; i < 2; i++) handle(fakeRequest("POST /short_log/1"), fakeContext());
  assertEquals(access.map(({ request }) => request === undefined ? "short" : "full"), ["full", "short"]);
});

Deno.test("logging() writes an error entry for a response of 400 and above, with the error that was caught", () => {
  const { access, error, handle } = collectLogs((_request, context) => {
    context.error = new HttpError(404, "Cannot find /x");
    return textResponse(404, "page");
  });
  const context = fakeContext();
  handle(fakeRequest("GET /x"), context);
  assertEquals(error, [{
    level: "info",
    timeMs: 5,
    id: context.requestId,
    client: context.remote,
    status: 404,
    method: "GET",
    url: "/x",
    message: "Cannot find /x",
    stack: undefined,
  }]);
  assertEquals(access[0]?.id, error[0]?.id);
});

Deno.test("logging() takes the reason phrase if no error was caught, and notes the stack of a fault", () => {
  const { error, handle } = collectLogs((request, context) => {
    if (request.path === "/fault") context.error = new TypeError("x is not a function");
    return textResponse(request.path === "/fault" ? 500 : 405, "");
  });
  handle(fakeRequest("PUT /"), fakeContext());
  handle(fakeRequest("GET /fault"), fakeContext());
  assertEquals(error.map(({ level, message }) => [level, message]), [
    ["info", "Method Not Allowed"],
    ["error", "x is not a function"],
  ]);
  assertEquals(error[0]?.stack, undefined);
  assertEquals(error[1]?.stack?.startsWith("TypeError: x is not a function\n"), true);
});

Deno.test("logging() logs an error that is thrown or rejected through it, and rethrows it", async () => {
  const failure = new Error("broken");
  const thrown = collectLogs(() => {
    throw failure;
  });
  const rejected = collectLogs(() => Promise.reject(failure));
  assertStrictEquals(assertThrows(() => thrown.handle(fakeRequest("GET /"), fakeContext())), failure);
  assertStrictEquals(
    await assertRejects(async () => await rejected.handle(fakeRequest("GET /"), fakeContext())),
    failure,
  );
  for (const { access, error } of [thrown, rejected]) {
    assertEquals(access.map(({ status, bytes }) => [status, bytes]), [[500, 0]]);
    assertEquals(error.map(({ level, status, message }) => [level, status, message]), [[
      "error",
      500,
      "broken",
    ]]);
  }
});

Deno.test("logging() writes an entry for a request that was not understood at all", () => {
  const { access, handle } = collectLogs(() => textResponse(200, ""));
  const head = { method: "", target: "", version: "1.1", headers: new HttpHeaders() } as const;
  const request = new HttpRequest(head, EMPTY_BODY);
  request.refuse(new HttpError(400, "Cannot read the request line"));
  assertThrows(() => handle(request, fakeContext()), HttpError);
  assertEquals([access[0]?.status, access[0]?.method, access[0]?.request?.head], [400, "", ""]);
});

Deno.test("logging() leaves the chain when both logs are off, and reads and names nothing when the access log is off", () => {
  const handler: Handler = () => textResponse(200, "");
  assertStrictEquals(
    logging({ access: undefined, error: undefined, requestIds: createRequestIds() })(handler),
    handler,
  );
  const { handle } = collectLogs(handler, { access: undefined });
  const [body, context] = [arrivingBody(["abc"]), fakeContext()];
  assertEquals(isPromise(handle(postRequest(body), context)), false);
  assertEquals([body.reads, context.requestId], [0, undefined]);
});

Deno.test("logging() shows no duration below zero when the clock is set back", () => {
  const { access, handle } = collectLogs(() => textResponse(200, ""), { now: () => -1_000 });
  handle(fakeRequest("GET /"), fakeContext());
  assertEquals(access[0]?.durationMs, 0);
});

Deno.test("bufferedBody() of no bytes is complete at once", async () => {
  const body = bufferedBody(new Uint8Array(0));
  assertEquals({
    length: body.length,
    isComplete: body.isComplete,
    trailerCount: body.trailers.size,
    piece: await body.read(),
  }, { length: 0, isComplete: true, trailerCount: 0, piece: null });
});
