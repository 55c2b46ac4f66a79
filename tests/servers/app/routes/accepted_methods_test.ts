import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { HttpError } from "../../../../src/http/errors.ts";
import { textResponse } from "../../../../src/http/response/response.ts";
import { acceptOnly } from "../../../../src/servers/app/routes/accepted_methods.ts";
import { fakeContext, fakeRequest } from "../../../support/fake_request.ts";

const response = textResponse(200, "in");
const handle = acceptOnly(["GET", "POST"])(() => response);

Deno.test("acceptOnly() lets its methods through", () => {
  for (const method of ["GET", "POST"]) {
    assertStrictEquals(handle(fakeRequest(`${method} /`), fakeContext()), response);
  }
});

Deno.test("acceptOnly() throws 405 with Allow for all others, compared with case (RFC 9110 §9.1, §15.5.6)", () => {
  for (const method of ["HEAD", "PUT", "get", "Post", "GETT", "__proto__"]) {
    const error = assertThrows(
      () => handle(fakeRequest(`${method} /`), fakeContext()),
      HttpError,
    ) as HttpError;
    assertEquals([error.status, error.headers], [405, [["Allow", "GET, POST"]]], method);
  }
});

Deno.test("acceptOnly() throws 405 also for content that is too large, but not for a malformed request", () => {
  const large = fakeRequest("PUT /");
  large.refuse(new HttpError(413, "Cannot take the body", { code: "body-too-large" }));
  assertEquals((assertThrows(() => handle(large, fakeContext()), HttpError) as HttpError).status, 405);
  const malformed = fakeRequest("PUT /");
  malformed.refuse(new HttpError(400, "Cannot read Host", { code: "bad-host" }));
  assertStrictEquals(handle(malformed, fakeContext()), response);
});
