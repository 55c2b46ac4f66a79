import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve, type Server } from "../../src/serving/serve.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { makeCertificate } from "../support/certificate.ts";
import { within } from "../support/deadline.ts";
import { echoTarget, get, statusesOf } from "../support/fake_server.ts";
import { connectRaw, exchange } from "../support/loopback.ts";
import { connectResetting } from "../support/resetting_client.ts";

async function withServer(
  handler: Handler,
  options: ServeOptions,
  test: (port: number, server: Server) => Promise<void>,
): Promise<void> {
  const server = serve(await listen({ port: 0 }), handler, { graceMs: 1_000, ...options });
  try {
    await test(server.address.port, server);
  } finally {
    await within(server.shutdown(), "the end of the server");
  }
}

Deno.test("serve() over loopback responds to pipelined requests in order and ends with the client", async () => {
  await withServer(echoTarget, {}, async (port) => {
    const client = await connectRaw(port);
    await client.send(get("/one") + get("/two"));
    await client.send(get("/three"));
    await client.end();
    const text = await client.readAll();
    client.close();
    assertEquals(statusesOf(text), [200, 200, 200]);
    assertMatch(text, /\/one[^]*\/two[^]*\/three$/);
  });
});

Deno.test("serve() over loopback serves fetch, with keep-alive", async () => {
  const ports = new Set<number>();
  const handler: Handler = (request, context) => {
    ports.add(context.remote.port!);
    return echoTarget(request, context);
  };
  await withServer(handler, {}, async (port) => {
    const client = Deno.createHttpClient({});
    for (const path of ["/a", "/b", "/c"]) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { client });
      assertEquals([response.status, await response.text()], [200, path]);
    }
    client.close();
    assertEquals(ports.size, 1);
  });
});

Deno.test("serve() over loopback sends an early response that reaches a client in the middle of a large upload", async () => {
  const handler: Handler = () => textResponse(403, "not wanted");
  await withServer(handler, { maxBodyBytes: Infinity }, async (port) => {
    const size = 200_000;
    const text = await exchange(
      port,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size * 50}\r\n\r\n` + "x".repeat(size),
    );
    assertMatch(text, /^HTTP\/1\.1 403 [^]*not wanted$/);
  });
});

Deno.test("serve() over loopback refuses an upload beyond the limit, and the client gets the refusal", async () => {
  await withServer(echoTarget, { maxBodyBytes: 1_000 }, async (port) => {
    const text = await exchange(
      port,
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n" + "x".repeat(8_000_000),
    );
    assertMatch(text, /^HTTP\/1\.1 413 /);
  });
});

Deno.test("serve() over loopback holds a streamed response back while the client does not read", async () => {
  let produced = 0;
  const stalled = Promise.withResolvers<void>();
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let piece = 0; piece < 1_000; piece++) {
      produced += 65_536;
      yield new Uint8Array(65_536);
    }
  }
  const handler: Handler = () => ({
    ...textResponse(200, "", [["Content-Length", String(65_536_000)]]),
    body: body(),
  });
  await withServer(handler, { writeTimeoutMs: 200, onError: () => {} }, async (port, server) => {
    const client = await connectRaw(port);
    await client.send(get("/"));
    await client.readUntil("\r\n\r\n");
    // When the server cuts a client that reads nothing, everything that could be sent has been sent.
    const watch = setInterval(() => server.connectionCount === 0 && stalled.resolve(), 10);
    await within(stalled.promise, "the cut");
    clearInterval(watch);
    client.close();
    assert(produced < 32_000_000, `${produced} bytes were made for a client that reads nothing`);
  });
});

Deno.test("serve() over loopback survives clients that reset at every stage", async () => {
  const handler: Handler = async (request) => {
    while (await request.body.read() !== null);
    return textResponse(200, "x".repeat(100_000));
  };
  const stages = [
    "",
    "GET / HT",
    "GET / HTTP/1.1\r\nHost: a\r\n",
    get("/"),
    get("/") + get("/"),
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "nonsense\r\n",
  ];
  const errors: unknown[] = [];
  await withServer(handler, { onError: (error) => void errors.push(error) }, async (port, server) => {
    for (const stage of stages) {
      const client = await connectResetting(port);
      await client.send(stage);
      await client.reset();
    }
    assertEquals(statusesOf(await exchange(port, get("/", "Connection: close\r\n"))), [200]);
    await server.shutdown();
    assertEquals([server.connectionCount, errors], [0, []]);
  });
});

Deno.test("serve() over loopback responds to a client that has finished sending (half-close)", async () => {
  await withServer(echoTarget, {}, async (port) => {
    const client = await connectRaw(port);
    await client.send(get("/half"));
    await client.end();
    assertMatch(await client.readAll(), /\/half$/);
    client.close();
  });
});

Deno.test("serve() over loopback responds 503 beyond maxConnections", async () => {
  await withServer(echoTarget, { maxConnections: 1 }, async (port) => {
    const first = await connectRaw(port);
    await first.send(get("/first"));
    await first.readUntil("/first");
    assertMatch(await exchange(port, ""), /^HTTP\/1\.1 503 /);
    first.close();
  });
});

Deno.test("serve() over TLS responds, and closes idle connections when it stops", async () => {
  const tls = await makeCertificate();
  if (tls === undefined) return console.log("skipped: the openssl command is not installed");
  const server = serve(
    await listen({ port: 0, tls }),
    (request, context) => textResponse(200, `${request.target} ${context.isEncrypted}`),
  );
  const conn = await Deno.connectTls({ ...server.address, caCerts: [tls.cert] });
  await conn.write(new TextEncoder().encode(get("/secret")));
  const buffer = new Uint8Array(4_096);
  let text = "";
  while (!text.includes("/secret true")) {
    const count = await within(conn.read(buffer), "the response");
    assert(count !== null);
    text += new TextDecoder().decode(buffer.subarray(0, count!));
  }
  assertStringIncludes(text, "Connection: keep-alive");
  await within(server.shutdown(), "the end of the server");
  conn.close();
});

Deno.test("serve() over TLS stops also while a silent client is connected", async () => {
  const tls = await makeCertificate();
  if (tls === undefined) return console.log("skipped: the openssl command is not installed");
  const server = serve(await listen({ port: 0, tls }), echoTarget);
  const silent = await connectRaw(server.address.port);
  const plain = await connectRaw(server.address.port);
  await plain.send(get("/"));
  // The client without TLS gets the message that this port speaks TLS.
  assertStringIncludes(await plain.readAll(), "HTTP/1.1 400 ");
  await within(server.shutdown(), "the end of the server");
  silent.close();
  plain.close();
});
