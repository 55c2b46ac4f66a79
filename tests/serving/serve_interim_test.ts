import { assertEquals } from "@std/assert";
import type { RequestContext } from "../../src/backend/handler.ts";
import { HttpHeaders } from "../../src/http/headers.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const HINTS = { status: 103, headers: new HttpHeaders([["Link", "</a.css>"], ["Connection", "x"]]) };

Deno.test("RequestContext.sendInterim() sends after earlier responses, and before its own (RFC 9110 §15.2)", async () => {
  const contexts: RequestContext[] = [];
  const fake = startFakeServer((request, context) => {
    contexts.push(context);
    context.sendInterim?.(request, HINTS);
    return Promise.resolve(textResponse(200, request.target));
  });
  const client = await fake.connect();
  await client.send(get("/a") + get("/b"));
  assertEquals(statusesOf(client.output), [103, 200, 103, 200]);
  assertEquals(
    client.output.startsWith("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200"),
    true,
  );
  await stopFakeServer(fake);
});

Deno.test("RequestContext.sendInterim() sends nothing to HTTP/1.0, after the response, or to a lost client", async () => {
  const late: (() => void)[] = [];
  const fake = startFakeServer((request, context) => {
    late.push(() => context.sendInterim?.(request, HINTS));
    if (request.version === "1.0") context.sendInterim?.(request, HINTS);
    return textResponse(200, request.target);
  });
  const client = await fake.connect();
  await client.send("GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
  for (const send of late) send();
  await client.send(get("/b"));
  await client.reset();
  for (const send of late) send();
  assertEquals(statusesOf(client.output), [200, 200]);
  await stopFakeServer(fake);
});
