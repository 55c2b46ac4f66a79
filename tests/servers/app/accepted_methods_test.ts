import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { HttpError } from "../../../src/http/errors.ts";
import { textResponse } from "../../../src/http/response/response.ts";
import { acceptOnly } from "../../../src/servers/app/accepted_methods.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";

const answer = textResponse(200, "in");
const handle = acceptOnly(["GET", "POST"])(() => answer);

Deno.test("acceptOnly() lets the methods through that it was given", () => {
  for (const method of ["GET", "POST"]) {
    assertStrictEquals(handle(fakeRequest(`${method} /`), fakeContext()), answer);
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

Deno.test("acceptOnly() says 405 also of content that is too large, and nothing of a request that is malformed", () => {
  const large = fakeRequest("PUT /");
  large.refuse(new HttpError(413, "Cannot take the body", { code: "body-too-large" }));
  assertEquals((assertThrows(() => handle(large, fakeContext()), HttpError) as HttpError).status, 405);
  const malformed = fakeRequest("PUT /");
  malformed.refuse(new HttpError(400, "Cannot read Host", { code: "bad-host" }));
  assertStrictEquals(handle(malformed, fakeContext()), answer);
});
