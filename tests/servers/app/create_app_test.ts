import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { createClientSwitches, type SwitchScope } from "../../../src/backend/client_switches.ts";
import type { Backend, Middleware } from "../../../src/backend/handler.ts";
import { HttpError } from "../../../src/http/errors.ts";
import type { HttpResponse } from "../../../src/http/response/response.ts";
import { createApp } from "../../../src/servers/app/create_app.ts";
import { fakeContext, fakeRequest } from "../../support/fake_request.ts";

function newApp(scope: SwitchScope = "client"): Backend {
  return createApp({ switches: createClientSwitches({ scope }) });
}

function send(app: Backend, line: string, more: { cookie?: string; client?: string } = {}): HttpResponse {
  return app.handle(fakeRequest(line, more.cookie), fakeContext(more.client)) as HttpResponse;
}

// Every route, and every way to miss one: the status, and Allow if the status requires it.
const STATUSES: readonly (readonly [line: string, status: number, allow?: string])[] = [
  ["GET /", 200],
  ["GET /?", 200],
  ["GET /div?a=1&b=2", 303],
  ["GET /div/1/to/2", 200],
  ["GET /div/1/to/2?", 200],
  ["GET /set_cookie?name=a&value=b", 303],
  ["GET /set_cookie/a=b", 200],
  ["POST /set_cookie/a=b", 200],
  ["POST /short_log/0", 200],
  ["POST /short_log/1", 200],
  ["GET /showerrors/0", 200],
  ["POST /showerrors/0", 200],
  ["GET /showerrors/1", 200],
  ["POST /showerrors/1", 200],
  ["GET /show_errors/0", 200],
  ["POST /show_errors/0", 200],
  ["GET /show_errors/1", 200],
  ["POST /show_errors/1", 200],
  ["GET /nowhere", 404],
  ["GET /index.html", 404],
  ["POST /short_log/2", 404],
  ["GET /short_log/2", 404],
  ["POST /short_log/", 404],
  ["GET /show_errors/on", 404],
  ["GET /showerrors", 404],
  ["GET /show_errors/01", 404],
  ["GET /div/1/to", 404],
  ["GET /div/1/2", 404],
  ["POST /", 405, "GET"],
  ["POST /div", 405, "GET"],
  ["POST /div/1/to/2", 405, "GET"],
  ["POST /set_cookie", 405, "GET"],
  ["GET /short_log/0", 405, "POST"],
  ["GET /short_log/1", 405, "POST"],
  ["HEAD /", 405, "GET, POST"],
  ["PUT /nowhere", 405, "GET, POST"],
  ["DELETE /short_log/1", 405, "GET, POST"],
  ["OPTIONS *", 405, "GET, POST"],
  ["CONNECT localhost:80", 405, "GET, POST"],
  ["get /", 405, "GET, POST"],
  ["BREW /pot", 405, "GET, POST"],
];

Deno.test("createApp() responds to every route, 404 for others, 405 with Allow for other methods (RFC 9110 §15.5.6)", () => {
  for (const [line, status, allow] of STATUSES) {
    const response = send(newApp(), line);
    assertEquals([response.status, response.headers.get("allow")], [status, allow], line);
  }
});

Deno.test("createApp() always responds with HTML", () => {
  for (const [line] of STATUSES) {
    const response = send(newApp(), line);
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8", line);
    assert(String(response.body).startsWith("<!DOCTYPE html>"), line);
  }
});

Deno.test("createApp() paints every document green for the cookie bg_color=green, and white without it", () => {
  for (const [line] of STATUSES) {
    const green = String(send(newApp(), line, { cookie: "bg_color=green" }).body);
    assertStringIncludes(green, "html, body { background-color: green; }", line);
    const white = String(send(newApp(), line).body);
    assertStringIncludes(white, "html, body { background-color: #fff; }", line);
    assertFalse(white.includes("background-color: green"), line);
  }
});

Deno.test("createApp() tells every other method that it accepts GET and POST", () => {
  for (const line of ["PUT /", "OPTIONS *", "PATCH /nowhere"]) {
    assertStringIncludes(String(send(newApp(), line).body), "This program accepts only GET and POST.");
  }
});

Deno.test("createApp() gives refused requests their status, theme and error display", () => {
  const app = newApp();
  send(app, "POST /show_errors/1");
  const request = fakeRequest("GET /", "bg_color=green");
  request.refuse(new HttpError(431, "Cannot read the head: limit is <16> KiB", { code: "head-too-large" }));
  const context = fakeContext();
  const response = app.handle(request, context) as HttpResponse;
  assertEquals(response.status, 431);
  assertStringIncludes(String(response.body), "background-color: green");
  assertStringIncludes(String(response.body), "limit is &lt;16&gt; KiB");
  assertStringIncludes(String(context.error), "limit is <16> KiB");
});

Deno.test("createApp() puts the logging layer outermost: it sees the responses of error pages", () => {
  const seen: unknown[] = [];
  const logging: Middleware = (next) => (request, context) => {
    const response = next(request, context) as HttpResponse;
    seen.push(response.status, (context.error as Error).message);
    return response;
  };
  const app = createApp({ switches: createClientSwitches(), logging });
  send(app, "GET /div/1/to/0");
  assertEquals(seen, [400, "Cannot divide 1: division by zero"]);
});

Deno.test("createApp() shows original messages to the client that switched them on, until it switches them off", () => {
  const app = newApp();
  const shows = (client: string): boolean =>
    String(send(app, "GET /div/1/to/0", { client }).body).includes("division by zero");
  assertFalse(shows("192.0.2.1"));
  for (const url of ["/show_errors", "/showerrors"]) {
    for (const method of ["GET", "POST"]) {
      send(app, `${method} ${url}/1`, { client: "192.0.2.1" });
      assert(shows("192.0.2.1"));
      assertFalse(shows("192.0.2.2"));
      send(app, `${method} ${url}/0`, { client: "192.0.2.1" });
      assertFalse(shows("192.0.2.1"));
    }
  }
});

Deno.test("createApp() shares the switches of all clients with the global scope", () => {
  const app = newApp("global");
  send(app, "GET /show_errors/1", { client: "192.0.2.1" });
  assertStringIncludes(
    String(send(app, "GET /div/1/to/0", { client: "192.0.2.2" }).body),
    "division by zero",
  );
});

Deno.test("createApp() stays synchronous: no promise per layer", () => {
  assertFalse(newApp().handle(fakeRequest("GET /div/1/to/2"), fakeContext()) instanceof Promise);
});
