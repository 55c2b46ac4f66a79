import { assertEquals, assertStringIncludes } from "@std/assert";
import { SYSTEM_CLOCK } from "../../../src/base/clock.ts";
import { listen } from "../../../src/net/listen.ts";
import { serveAdmin } from "../../../src/program/admin/admin_server.ts";
import { counter, Figures } from "../../../src/program/admin/figures.ts";
import { exchange } from "../../support/loopback.ts";

Deno.test("serveAdmin() tells health, readiness and figures, and no client ends it", async () => {
  let isReady = true;
  const figures = new Figures();
  figures.add(() => [counter("things_total", "Things", 7)]);
  const server = serveAdmin(await listen({ port: 0 }), { figures, isReady: () => isReady }, {
    clock: SYSTEM_CLOCK,
    onError: () => {},
  });
  const { port } = server.address;
  const ask = (path: string): Promise<string> =>
    exchange(port!, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  assertStringIncludes(await ask("/healthz"), "HTTP/1.1 200 OK\r\n");
  assertStringIncludes(await ask("/readyz"), "HTTP/1.1 200 OK\r\n");
  isReady = false;
  assertStringIncludes(await ask("/readyz"), "HTTP/1.1 503 Service Unavailable\r\n");
  const text = await ask("/metrics");
  assertStringIncludes(text, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
  assertStringIncludes(text, "\nmillrace_things_total 7\n");
  assertStringIncludes(await ask("/"), "HTTP/1.1 404 ");
  assertStringIncludes(await exchange(port!, "hello\r\n"), "HTTP/1.1 400 ");
  assertStringIncludes(await ask("/healthz"), "HTTP/1.1 200 OK\r\n");
  await server.shutdown();
  assertEquals(server.connectionCount, 0);
});
