import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { createClientSwitches } from "../../../../src/backend/client_switches.ts";
import type { HttpResponse } from "../../../../src/http/response/response.ts";
import { createApp } from "../../../../src/servers/app/create_app.ts";
import { fakeContext, fakeRequest } from "../../../support/fake_request.ts";

function send(line: string): HttpResponse {
  return createApp({ switches: createClientSwitches() }).handle(
    fakeRequest(line),
    fakeContext(),
  ) as HttpResponse;
}

const COOKIES: readonly (readonly [path: string, ...cookies: string[]])[] = [
  ["a=b", "a=b"],
  ["a=b/", "a=b"],
  ["a=b/c=d", "a=b", "c=d"],
  ["a=b/c=d/e=f/", "a=b", "c=d", "e=f"],
  ["a=", "a="],
  ["a=/", "a="],
  ["a==", "a=="],
  ["a=b=c", "a=b=c"],
  ["a=b%2Fc/d=e", "a=b/c", "d=e"],
  ["a=b%2F", "a=b/"],
  ["a%3Db", "a=b"],
  ["%61=%62", "a=b"],
  ["a=%22b%22", 'a="b"'],
  ["a=%2541", "a=%41"],
  ["!#$&'*+-.^_`|~=x", "!#$&'*+-.^_`|~=x"],
  ["bg_color=green?ignored=1", "bg_color=green"],
];

Deno.test("setCookies() sets a cookie for each pair, decoded, with Path=/ (RFC 6265 §4.1.1)", () => {
  for (const [path, ...cookies] of COOKIES) {
    for (const method of ["GET", "POST"]) {
      const response = send(`${method} /set_cookie/${path}`);
      assertEquals(response.status, 200, path);
      assertEquals(response.headers.getAll("set-cookie"), cookies.map((cookie) => `${cookie}; Path=/`), path);
    }
  }
});

const REFUSED = [
  ["", "/", "a", "=b", "=", "a/", "a=b//", "/a=b", "a=b//c=d"],
  ["a b=c", "a%20b=c", "a%3B=c", "a%2Fb=c", "a%22=c", "a@=c", "%C3%A4=c", "%00=c", "a%0D%0AX=c"],
  [
    "a=b%20c",
    "a=b,c",
    "a=b;c",
    "a=b%3B",
    "a=b%22",
    "a=%22",
    "a=b%5C",
    "a=%C3%A4",
    "a=%00",
    "a=%7F",
    "a=%0D%0AX-Y:1",
  ],
  ["a=%", "a=%z", "a=%FF", "%"],
  ["a=b/c", "a=b/c=d%20", "a=b/=c"],
].flat();

Deno.test("setCookies() refuses an invalid cookie with 400, and then sets none", () => {
  for (const path of REFUSED) {
    const response = send(`GET /set_cookie/${path}`);
    assertEquals(response.status, 400, path);
    assertFalse(response.headers.has("set-cookie"), path);
  }
});

Deno.test("setCookies() shows the new cookies, escaped, in the colours of the request that set them", () => {
  const body = String(send("POST /set_cookie/bg_color=green/x=%3Cb%3E").body);
  assertStringIncludes(body, "<code>&lt;b&gt;</code>");
  assertStringIncludes(body, "html, body { background-color: #fff; }");
});

const REDIRECTS: readonly (readonly [query: string, location: string])[] = [
  ["name=a&value=b", "/set_cookie/a=b"],
  ["value=b&name=a", "/set_cookie/a=b"],
  ["name=a&value=", "/set_cookie/a="],
  ["name=&value=", "/set_cookie/="],
  ["name=a&value=b%2Fc", "/set_cookie/a=b%2Fc"],
  ["name=a&value=1%2B1+2", "/set_cookie/a=1%2B1%202"],
  ["name=a&value=%0D%0A", "/set_cookie/a=%0D%0A"],
];

Deno.test("redirectToSetCookie() sends forms to the URL that sets the cookie with 303 (RFC 9110 §15.4.4)", () => {
  for (const [query, location] of REDIRECTS) {
    const response = send(`GET /set_cookie?${query}`);
    assertEquals([response.status, response.headers.get("location")], [303, location], query);
  }
});

Deno.test("redirectToSetCookie() refuses a form with a missing field", () => {
  for (
    const target of ["/set_cookie", "/set_cookie?name=a", "/set_cookie?value=a", "/set_cookie?name=%&value=b"]
  ) {
    assertEquals(send(`GET ${target}`).status, 400, target);
  }
});

Deno.test("redirectToSetCookie() refuses a name with an equals sign, which a URL would cut in two", () => {
  for (const query of ["name=a%3D&value=b", "name=a=b&value=c", "name=%3D&value="]) {
    const response = send(`GET /set_cookie?${query}`);
    assertEquals([response.status, response.headers.get("location")], [400, undefined], query);
  }
});
