// Clients that connect to a TLS port and misbehave there.

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createBackend } from "../../src/backend/handler.ts";
import { createResponse, textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { makeCertificate } from "../support/certificate.ts";
import { within } from "../support/deadline.ts";
import { connectRaw, exchange } from "../support/loopback.ts";

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(65_536);
}

// Without the openssl command there is no certificate, and nothing is tested; the suite of the adapters says so.
const certificate = await makeCertificate();

const backend = createBackend(
  [],
  ({ path }) => path === "/endless" ? createResponse(200, endless()) : textResponse(200, "hello"),
);

const SILENT: readonly (readonly [name: string, sent: Uint8Array])[] = [
  ["nothing", new Uint8Array(0)],
  ["the beginning of a ClientHello", new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])],
];

Deno.test("serve() closes TLS clients that do not finish the handshake in time, and responds to others meanwhile", async () => {
  const tls = certificate;
  if (tls === undefined) return;
  // The other client needs this time as well for its handshake, on a busy machine too.
  const server = serve(await listen({ port: 0, tls }), backend, { idleTimeoutMs: 3_000 });
  const { port } = server.address;
  await Promise.all(SILENT.map(async ([name, sent]) => {
    const client = await connectRaw(port);
    if (sent.length > 0) await client.send(sent);
    const other = await Deno.connectTls({ hostname: "localhost", port, caCerts: [tls.cert] });
    await other.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    const buffer = new Uint8Array(1_000);
    assertEquals(await within(other.read(buffer), "a response") !== null, true);
    other.close();
    // FIN comes only when the descriptor is closed.
    assertEquals(await client.readAll(), "", name);
    client.close();
  }));
  assertEquals(server.connectionCount, 0);
  await server.shutdown();
});

Deno.test("serve() in one call reads its certificate again", async () => {
  const [tls, other] = [certificate, await makeCertificate()];
  if (tls === undefined || other === undefined) return;
  const server = serve({ port: 0, tls, fetch: () => new Response("hello") });
  const { port } = (await server.ready).address;
  const greet = async (caCert: string): Promise<string> => {
    using client = Deno.createHttpClient({ caCerts: [caCert], poolMaxIdlePerHost: 0 });
    return await (await fetch(`https://localhost:${port}/`, { client })).text();
  };
  assertEquals(await greet(tls.cert), "hello");
  server.reload(other);
  assertEquals(await greet(other.cert), "hello");
  await assertRejects(() => greet(tls.cert), TypeError);
  await server.shutdown();
});

Deno.test("serve() tells a client that speaks plain HTTP on a port with TLS, and closes", async () => {
  const tls = certificate;
  if (tls === undefined) return;
  const server = serve(await listen({ port: 0, tls }), backend);
  const response = await exchange(
    server.address.port,
    `GET / HTTP/1.1\r\nHost: a\r\n${"A: b\r\n".repeat(500)}\r\n`,
  );
  assertMatch(response, /^HTTP\/1\.1 400 Bad Request\r\n[^]*This port speaks TLS/);
  await server.shutdown();
  assertEquals(server.connectionCount, 0);
});

Deno.test("serve() closes a TLS client that takes nothing of its response", async () => {
  const tls = certificate;
  if (tls === undefined) return;
  const server = serve(await listen({ port: 0, tls }), backend, { writeTimeoutMs: 300, graceMs: 600_000 });
  const { port } = server.address;
  const client = await Deno.connectTls({ hostname: "localhost", port, caCerts: [tls.cert] });
  await client.write(new TextEncoder().encode("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"));
  await within(client.read(new Uint8Array(100)), "the beginning of the response");
  // A stop waits for the response, which has no end: only the time-out can end it.
  await within(server.shutdown(), "the end of the stalled client");
  client.close();
});
