import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { createBackend, type Middleware } from "../../src/backend/handler.ts";
import { HttpError } from "../../src/http/errors.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { fakeContext, fakeRequest } from "../support/fake_request.ts";

Deno.test("createBackend() puts the first middleware outermost and the handler innermost", () => {
  const order: string[] = [];
  const layer = (name: string): Middleware => (next) => (request, context) => {
    order.push(name);
    return next(request, context);
  };
  const backend = createBackend([layer("first"), layer("second")], () => {
    order.push("handler");
    return textResponse(200, "");
  });
  backend.handle(fakeRequest("GET /"), fakeContext());
  assertEquals(order, ["first", "second", "handler"]);
});

Deno.test("createBackend() keeps a synchronous chain synchronous", () => {
  const response = textResponse(200, "now");
  const backend = createBackend([(next) => (request, context) => next(request, context)], () => response);
  assertStrictEquals(backend.handle(fakeRequest("GET /"), fakeContext()), response);
});

Deno.test("createBackend() throws the refusal of a request through the middleware, and does not call the handler", () => {
  const refusal = new HttpError(400, "Cannot read Host: two of them");
  const request = fakeRequest("GET /");
  request.refuse(refusal);
  let seen: unknown;
  const watch: Middleware = (next) => (request, context) => {
    try {
      return next(request, context);
    } catch (error) {
      seen = error;
      throw error;
    }
  };
  const backend = createBackend([watch], () => textResponse(200, "never"));
  assertThrows(() => backend.handle(request, fakeContext()), HttpError, "two of them");
  assertStrictEquals(seen, refusal);
});
