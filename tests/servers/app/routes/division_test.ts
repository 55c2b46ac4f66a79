import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { createClientSwitches } from "../../../../src/backend/client_switches.ts";
import type { HttpResponse } from "../../../../src/http/response/response.ts";
import { createApp } from "../../../../src/servers/app/create_app.ts";
import { divide } from "../../../../src/servers/app/routes/division.ts";
import { fakeContext, fakeRequest } from "../../../support/fake_request.ts";

function get(target: string): HttpResponse {
  return createApp({ switches: createClientSwitches() }).handle(
    fakeRequest(`GET ${target}`),
    fakeContext(),
  ) as HttpResponse;
}

const QUOTIENTS: readonly (readonly [target: string, shown: string])[] = [
  ["/div/10/to/4", "10 / 4 = 2.5"],
  ["/div/-7/to/2", "-7 / 2 = -3.5"],
  ["/div/0.3/to/0.1", "0.3 / 0.1 = 2.9999999999999996"],
  ["/div/.5/to/+5", ".5 / +5 = 0.1"],
  ["/div/1e3/to/1E-2", "1e3 / 1E-2 = 100000"],
  ["/div/1/to/10000000", "1 / 10000000 = 0.0000001"],
  ["/div/1e21/to/1", "1e21 / 1 = 1000000000000000000000"],
  ["/div/0/to/-5", "0 / -5 = 0"],
  ["/div/%31%30/to/%2D4", "10 / -4 = -2.5"],
  ["/div/1/to/2?a=3&b=4", "1 / 2 = 0.5"],
  ["/div/1e-400/to/1", "1e-400 / 1 = 0"],
  ["/div/%201%20/to/%094", "1 / 4 = 0.25"],
];

Deno.test("showDivision() shows operands as sent and the quotient as a person expects", () => {
  for (const [target, shown] of QUOTIENTS) {
    const response = get(target);
    assertEquals(response.status, 200, target);
    assertStringIncludes(String(response.body), `<output>${shown}</output>`, target);
  }
});

const REFUSED: readonly (readonly [target: string, explanation: string])[] = [
  ["/div/one/to/2", "The dividend is not a number"],
  ["/div/1/to/two", "The divisor is not a number"],
  ["/div/one/to/two", "The dividend is not a number"],
  ["/div//to/2", "The dividend is not a number"],
  ["/div/1/to/", "The divisor is not a number"],
  ["/div/%20/to/2", "The dividend is not a number"],
  ["/div/%C2%A01/to/2", "The dividend is not a number"],
  ["/div/1%202/to/2", "The dividend is not a number"],
  ["/div/1/to/0x10", "The divisor is not a number"],
  ["/div/NaN/to/1", "The dividend is not a number"],
  ["/div/1/to/Infinity", "The divisor is not a number"],
  ["/div/1%2F2/to/1", "The dividend is not a number"],
  ["/div/1e400/to/1", "The dividend is too large"],
  ["/div/1/to/-1e400", "The divisor is too large"],
  ["/div/1/to/0", "This division has no result"],
  ["/div/1/to/-0.0", "This division has no result"],
  ["/div/0/to/0", "This division has no result"],
  ["/div/1/to/1e-400", "This division has no result"],
  ["/div/1e300/to/1e-300", "This division has no result"],
  ["/div/%zz/to/1", "malformed percent escape"],
  ["/div/1/to/%FF", "malformed percent escape"],
  ["/div?a=1", "field &quot;b&quot;"],
  ["/div?b=1", "field &quot;a&quot;"],
  ["/div", "field &quot;a&quot;"],
  ["/div?a=%&b=1", "malformed percent escape"],
  ["/div?a=..&b=1", "The dividend is not a number"],
  ["/div?a=1&b=%2E", "The divisor is not a number"],
];

Deno.test("showDivision() and redirectToDivision() refuse with 400 and name the part", () => {
  for (const [target, explanation] of REFUSED) {
    const response = get(target);
    assertEquals(response.status, 400, target);
    assertStringIncludes(String(response.body), explanation, target);
  }
});

Deno.test("showDivision() never shows unescaped text", () => {
  const app = createApp({ switches: createClientSwitches() });
  app.handle(fakeRequest("GET /show_errors/1"), fakeContext());
  const response = app.handle(fakeRequest("GET /div/%3Cb%3E/to/1"), fakeContext()) as HttpResponse;
  assertStringIncludes(String(response.body), "got &quot;&lt;b&gt;&quot;");
  assertFalse(String(response.body).includes("<b>"));
});

const REDIRECTS: readonly (readonly [query: string, location: string])[] = [
  ["a=1&b=2", "/div/1/to/2"],
  ["b=2&a=1", "/div/1/to/2"],
  ["a=%2B5&b=-.5", "/div/%2B5/to/-.5"],
  ["a=+5&b=1", "/div/%205/to/1"],
  ["a=1%2F2&b=%3F%23", "/div/1%2F2/to/%3F%23"],
  ["a=&b=", "/div//to/"],
  ["a=%0D%0AX:+y&b=%E2%82%AC", "/div/%0D%0AX%3A%20y/to/%E2%82%AC"],
];

Deno.test("redirectToDivision() sends forms to the URL of the division with 303 (RFC 9110 §15.4.4)", () => {
  for (const [query, location] of REDIRECTS) {
    const response = get(`/div?${query}`);
    assertEquals([response.status, response.headers.get("location")], [303, location], query);
  }
});

Deno.test("divide() throws RangeError for a zero divisor and for an infinite quotient", () => {
  assertEquals(divide(1, 4), 0.25);
  assertThrows(() => divide(1, 0), RangeError, "division by zero");
  assertThrows(() => divide(1, -0), RangeError, "division by zero");
  assertThrows(() => divide(1e308, 1e-10), RangeError, "beyond the largest double");
});
