import { assertEquals, assertStringIncludes } from "@std/assert";
import { createClientSwitches } from "../../../../src/backend/client_switches.ts";
import type { HttpResponse } from "../../../../src/http/response/response.ts";
import { createApp } from "../../../../src/servers/app/create_app.ts";
import { fakeContext, fakeRequest } from "../../../support/fake_request.ts";

/** Sends some requests to one app, and gives the last response. */
function last(lines: readonly string[], accept?: string, cookie?: string): HttpResponse {
  const app = createApp({ switches: createClientSwitches() });
  const responses = lines.map((line) => {
    const request = fakeRequest(line, cookie);
    if (accept !== undefined) request.headers.append("Accept", accept);
    return app.handle(request, fakeContext()) as HttpResponse;
  });
  return responses[responses.length - 1]!;
}

const STATE = { logForm: "full", showsErrors: false, background: "white", cookies: [] };
const ZERO = "This division has no result that is a finite number. Please try another divisor.";

const FORMS: readonly (readonly [lines: readonly string[], text: string, json: unknown])[] = [
  [["GET /div/1/to/4"], "1 / 4 = 0.25\n", { a: 1, b: 4, result: 0.25 }],
  [["GET /div/1e3/to/%20.5"], "1e3 / .5 = 2000\n", { a: 1000, b: 0.5, result: 2000 }],
  [["GET /"], "access log: full\nerror display: off\nbackground: white\ncookies: none\n", { state: STATE }],
  [
    ["POST /short_log/1"],
    "access log: short\nerror display: off\nbackground: white\ncookies: none\n",
    { state: { ...STATE, logForm: "short" } },
  ],
  [["GET /div/1/to/0"], `400 Bad Request\n${ZERO}\n`, { status: 400, error: ZERO }],
  [
    ["GET /show_errors/1", "GET /div/1/to/0"],
    `400 Bad Request\n${ZERO}\nCannot divide 1: division by zero\n`,
    { status: 400, error: ZERO, detail: "Cannot divide 1: division by zero" },
  ],
  [["GET /div?a=1&b=2"], "/div/1/to/2\n", { location: "/div/1/to/2" }],
];

Deno.test("createApp() responds in plain text or JSON to a client that prefers it (RFC 9110 §12.5.1)", () => {
  for (const [lines, text, json] of FORMS) {
    const plain = last(lines, "text/plain");
    assertEquals(String(plain.body), text);
    assertEquals(plain.headers.get("content-type"), "text/plain; charset=utf-8");
    const data = last(lines, "application/json");
    assertEquals(JSON.parse(String(data.body)), json);
    assertEquals(data.headers.get("content-type"), "application/json");
    assertEquals([plain.status, data.status], [last(lines).status, last(lines).status]);
  }
});

Deno.test("createApp() sets Vary: Accept on every response, and repeats the fields of the page", () => {
  for (const accept of [undefined, "*/*", "text/plain", "application/json"]) {
    for (const line of ["GET /", "GET /nowhere", "PUT /", "GET /set_cookie/a=b", "GET /div?a=1&b=2"]) {
      assertEquals(last([line], accept).headers.get("vary"), "Accept", `${line} ${accept}`);
    }
    assertEquals(last(["PUT /"], accept).headers.get("allow"), "GET, POST");
    assertEquals(last(["GET /set_cookie/a=b"], accept).headers.get("set-cookie"), "a=b; Path=/");
    assertEquals(last(["GET /div?a=1&b=2"], accept).headers.get("location"), "/div/1/to/2");
    assertEquals(last(["GET /"], accept).headers.get("cache-control"), "no-store");
  }
});

Deno.test("createApp() has the state and all forms on every page, whatever the request", () => {
  for (
    const line of [
      "GET /",
      "GET /nowhere",
      "GET /div/1/to/0",
      "POST /short_log/1",
      "GET /set_cookie/a=b",
      "PUT /",
    ]
  ) {
    const page = String(last([line]).body);
    for (
      const id of ["log_form", "error_display", "background", "cookies", "divide", "set_cookie", "switch_log"]
    ) {
      assertStringIncludes(page, `id="${id}"`, line);
    }
  }
});

const TYPED: readonly (readonly [line: string, field: string, value: string])[] = [
  ["GET /div/one/to/%3Cb%3E", "a", "one"],
  ["GET /div/one/to/%3Cb%3E", "b", "&lt;b&gt;"],
  ["GET /div/6/to/3", "a", "6"],
  ["GET /div/%zz/to/1", "a", "%zz"],
  ["GET /div?a=1+1", "a", "1 1"],
  ["GET /div?a=%&b=2", "a", "%"],
  ["GET /set_cookie/a%20b=c=d", "name", "a b"],
  ["GET /set_cookie/a%20b=c=d", "value", "c=d"],
  ["GET /set_cookie/crumbs", "name", "crumbs"],
  ["GET /set_cookie?name=a%3Db&value=c+d", "name", "a=b"],
  ["GET /set_cookie?name=a%3Db&value=c+d", "value", "c d"],
  ["GET /nowhere", "a", "10"],
];

Deno.test("createApp() fills the forms with the last input", () => {
  for (const [line, field, value] of TYPED) {
    assertStringIncludes(String(last([line]).body), `name="${field}" value="${value}"`, line);
  }
});

Deno.test("createApp() marks the position of each switch", () => {
  const current = (lines: readonly string[], cookie?: string): string[] =>
    Array.from(
      String(last(lines, undefined, cookie).body).matchAll(/aria-current="true">(\w+)</g),
      ([, label]) => label!,
    );
  assertEquals(current(["GET /"]), ["White", "Full", "Off"]);
  assertEquals(current(["POST /short_log/1", "GET /show_errors/1"], "bg_color=green"), [
    "Green",
    "Short",
    "On",
  ]);
});
