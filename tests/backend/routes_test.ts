import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type RouteHandler, routes } from "../../src/backend/routes.ts";
import { HttpError } from "../../src/http/errors.ts";
import { type HttpResponse, textResponse } from "../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../support/fake_request.ts";

/** A handler that gives its name and its captures. */
function named(name: string): RouteHandler {
  return (_request, _context, captures) => textResponse(200, JSON.stringify([name, ...captures]));
}

const handle = routes([
  ["GET", "/", named("home")],
  ["GET", "/div", named("form")],
  ["GET", "/div/:a/to/:b", named("div")],
  ["GET", "/div/zero/to/one", named("exact")],
  ["POST", "/div/:a/to/:b", named("posted")],
  ["GET, POST", "/files/*", named("files")],
]);

const MATCHES: readonly (readonly [line: string, name: string, ...captures: string[]])[] = [
  ["GET /", "home"],
  ["GET /?a=/div", "home"],
  ["GET http://localhost/", "home"],
  ["GET http://localhost", "home"],
  ["GET http://localhost/div?x", "form"],
  ["GET /div?a=1&b=2", "form"],
  ["GET /div/1/to/2", "div", "1", "2"],
  ["GET /div/1/to/2?q=3", "div", "1", "2"],
  ["POST /div/1/to/2", "posted", "1", "2"],
  ["GET /div//to/", "div", "", ""],
  ["GET /div/1%2F2/to/%31", "div", "1%2F2", "%31"],
  ["GET /div/zero/to/one", "exact"],
  ["GET /files/", "files", ""],
  ["GET /files/a", "files", "a"],
  ["POST /files/a/b//", "files", "a/b//"],
];

Deno.test("routes() finds the handler and captures segments as sent", () => {
  for (const [line, ...expected] of MATCHES) {
    const response = handle(fakeRequest(line), fakeContext()) as HttpResponse;
    assertEquals(JSON.parse(String(response.body)), expected, line);
  }
});

const UNKNOWN = [
  "/x",
  "/div/",
  "/Div",
  "//",
  "/div/1/to",
  "/div/1/to/2/",
  "/div/1/two/2",
  "/files",
  "*",
  "",
  "/__proto__",
];

Deno.test("routes() throws 404 for a path that is in no row (RFC 9110 §15.5.5)", () => {
  for (const target of UNKNOWN) {
    const error = assertThrows(() => handle(fakeRequest(`GET ${target}`), fakeContext()), HttpError);
    assertEquals((error as HttpError).status, 404, target);
  }
});

const WRONG_METHODS: readonly (readonly [line: string, allow: string])[] = [
  ["POST /", "GET"],
  ["get /", "GET"],
  ["PUT /div", "GET"],
  ["PUT /div/1/to/2", "GET, POST"],
  ["POST /div/zero/to/one", "GET"],
  ["DELETE /files/a", "GET, POST"],
];

Deno.test("routes() throws 405 with Allow for a known path and an unknown method (RFC 9110 §15.5.6)", () => {
  for (const [line, allow] of WRONG_METHODS) {
    const error = assertThrows(() => handle(fakeRequest(line), fakeContext()), HttpError) as HttpError;
    assertEquals(error.status, 405, line);
    assertEquals(error.headers, [["Allow", allow]], line);
  }
});

Deno.test("routes() passes on request, context and response unchanged, without a promise", () => {
  const response = textResponse(200, "same");
  const request = fakeRequest("GET /a");
  const context = fakeContext();
  const seen: unknown[] = [];
  const handler = routes([["GET", "/a", (...given) => (seen.push(...given), response)]]);
  assertStrictEquals(handler(request, context), response);
  assertStrictEquals(seen[0], request);
  assertStrictEquals(seen[1], context);
  assertEquals(seen[2], []);
});

Deno.test("routes() refuses a table that has a row twice, or a star in the middle", () => {
  assertThrows(
    () => routes([["GET", "/a", named("1")], ["POST, GET", "/a", named("2")]]),
    TypeError,
    "twice",
  );
  assertThrows(() => routes([["GET", "/:a", named("1")], ["GET", "/:a", named("2")]]), TypeError, "twice");
  assertThrows(() => routes([["GET", "/*/a", named("1")]]), TypeError, "last segment");
  assertThrows(() => routes([["GET", "/a*", named("1")]]), TypeError, "last segment");
});
