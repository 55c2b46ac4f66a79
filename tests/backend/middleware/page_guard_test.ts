import { assertEquals, assertStringIncludes } from "@std/assert";
import { guardPage, type PageGuardOptions } from "../../../src/backend/middleware/page_guard.ts";
import { run } from "../../../src/backend/run.ts";
import { HttpHeaders } from "../../../src/http/headers.ts";
import { HttpRequest } from "../../../src/http/request/request.ts";
import { EMPTY_BODY } from "../../../src/http/request/request_body.ts";
import { type HttpResponse, textResponse } from "../../../src/http/response/response.ts";
import { fakeContext } from "../../support/fake_request.ts";

const OPEN = { names: [] };
const WITH_TOKEN = { names: ["127.0.0.1"], token: "s3cret" };

type Fields = Readonly<Record<string, string>>;

function ask(options: PageGuardOptions, line: string, fields: Fields = {}): Promise<HttpResponse> {
  const [method = "", target = ""] = line.split(" ");
  const headers = new HttpHeaders(Object.entries({ Host: "localhost", ...fields }));
  const request = new HttpRequest({ method, target, version: "1.1", headers }, EMPTY_BODY);
  const handle = guardPage(options)(() => textResponse(200, "shown"));
  return Promise.resolve(run({ handle }, request, fakeContext()));
}

async function statusOf(options: PageGuardOptions, line: string, fields: Fields = {}): Promise<number> {
  return (await ask(options, line, fields)).status;
}

Deno.test("guardPage() serves localhost, addresses and its own names, and no other host (DNS rebinding)", async () => {
  const options = { names: ["trap.example.com"] };
  for (const host of ["localhost", "x.LOCALHOST:1", "10.0.0.1", "[::1]:5001", "Trap.Example.com:443"]) {
    assertEquals(await statusOf(options, "GET /", { Host: host }), 200, host);
  }
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""]) {
    assertEquals(await statusOf(options, "GET /", { Host: host }), 403, host);
  }
});

Deno.test("guardPage() changes nothing for pages of other origins", async () => {
  for (
    const fields of [{ Origin: "http://evil.example" }, { Origin: "null" }, { "Sec-Fetch-Site": "same-site" }]
  ) {
    assertEquals(await statusOf(OPEN, "DELETE /", fields), 403);
    assertEquals(await statusOf(OPEN, "GET /", fields), 200);
  }
  assertEquals(await statusOf(OPEN, "DELETE /", { Origin: "http://localhost" }), 200);
});

Deno.test("guardPage() wants the token: as Bearer, as a parameter, or by the cookie of the first visit", async () => {
  assertEquals(await statusOf(WITH_TOKEN, "GET /"), 401);
  assertEquals(await statusOf(WITH_TOKEN, "GET /?token=wrong"), 401);
  assertEquals(await statusOf(WITH_TOKEN, "GET /", { Authorization: "Bearer wrong" }), 401);
  assertEquals(await statusOf(WITH_TOKEN, "GET /", { Authorization: "Bearer s3cret" }), 200);
  assertEquals(await statusOf(WITH_TOKEN, "DELETE /?token=s3cret"), 401);
  const first = await ask(WITH_TOKEN, "GET /?token=s3cret");
  assertEquals(first.status, 200);
  const [cookie = "", ...attributes] = first.headers.get("set-cookie")!.split("; ");
  assertEquals(attributes, ["Path=/", "HttpOnly", "SameSite=Lax"]);
  assertEquals(cookie.includes("s3cret"), false);
  assertEquals(await statusOf(WITH_TOKEN, "DELETE /api", { Cookie: cookie }), 200);
  assertEquals(await statusOf(WITH_TOKEN, "GET /", { Cookie: `${cookie}x` }), 401);
});

Deno.test("guardPage() takes the token out of the address that a browser shows", async () => {
  const response = await ask(WITH_TOKEN, "GET //a?x=1&token=s3cret&y=2", { Accept: "text/html,*/*" });
  assertEquals([response.status, response.headers.get("location")], [303, "/a?x=1&y=2"]);
  assertStringIncludes(response.headers.get("set-cookie")!, "millrace_page_8888=");
});

Deno.test("guardPage() says which credentials it wants (RFC 9110 §11.6.1)", async () => {
  const checkPassword = (name: string, password: string): boolean => `${name}:${password}` === "ann:päss";
  const response = await ask({ ...WITH_TOKEN, checkPassword }, "GET /");
  assertEquals(
    response.headers.get("www-authenticate"),
    'Bearer realm="millrace", Basic realm="millrace", charset="UTF-8"',
  );
  const basic = (text: string): Fields => ({
    Authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`,
  });
  assertEquals(await statusOf({ names: [], checkPassword }, "GET /", basic("ann:päss")), 200);
  assertEquals(await statusOf({ names: [], checkPassword }, "GET /", basic("ann:")), 401);
  assertEquals(await statusOf({ names: [], checkPassword }, "GET /", { Authorization: "Basic !" }), 401);
  const later = { names: [], checkPassword: (name: string) => Promise.resolve(name === "ann") };
  assertEquals(await statusOf(later, "GET /", basic("ann:x")), 200);
  assertEquals(await statusOf(later, "GET /", basic("bob:x")), 401);
});

Deno.test("guardPage() leaves the paths of health checks open", async () => {
  const options = { ...WITH_TOKEN, openPaths: ["/healthz"] };
  assertEquals(await statusOf(options, "GET /healthz", { Host: "anything" }), 200);
  assertEquals(await statusOf(options, "GET /metrics"), 401);
});
