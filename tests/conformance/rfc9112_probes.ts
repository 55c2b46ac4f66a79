// HTTP/1.1 (RFC 9112): requirements that one exchange cannot show.

import { assertEquals, assertMatch } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { makeCertificate } from "../support/certificate.ts";
import { within } from "../support/deadline.ts";
import { withClient } from "../support/echo_server.ts";
import { connectRaw } from "../support/loopback.ts";
import type { Requirement } from "../support/requirements.ts";
import { fieldOf, parseResponses } from "../support/responses.ts";

const HELD_BACK = "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
const NEXT = "GET /b HTTP/1.1\r\nHost: a\r\n\r\n";
const sayTarget: Handler = (request) => textResponse(200, request.target);

export const RFC9112_PROBES: readonly Requirement[] = [
  ["6.1", "MUST NOT", "no Transfer-Encoding with 1xx", () =>
    withClient({}, async (client) => {
      await client.send(HELD_BACK);
      assertEquals(await client.readUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    })],
  [
    "6.3",
    "MUST",
    "content that does not come in time is incomplete, and ends the connection",
    () =>
      withClient({ bodyTimeoutMs: 40 }, async (client) => {
        await client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhi");
        const [response, ...others] = parseResponses(await client.readAll(), ["POST"]);
        assertEquals([response!.status, fieldOf(response!, "connection"), others], [408, "close", []]);
      }),
  ],
  [
    "8",
    "MAY",
    "chunks of a response that breaks off do not end in a last chunk",
    () =>
      withClient({}, async (client) => {
        await client.send(`GET /break HTTP/1.1\r\nHost: a\r\n\r\n${NEXT}`);
        assertMatch(await client.readAll(), /\r\n\r\nb\r\nGET \/break \r\n$/);
      }),
  ],
  ["9.5", "SHOULD", "a time-out closes gracefully: FIN, no reset", closeOfIdleConnection],
  ["9.5", "SHOULD", "a client that closes is noticed, and its connection let go", closureSignal],
  ["9.6", "SHOULD", "the response in progress when the server stops says close", lastResponse],
  [
    "9.6",
    "MAY",
    "an error response reaches a client that is still sending",
    () =>
      withClient({}, async (client) => {
        await client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\nContent-Length: 1\r\n\r\n",
        );
        await client.send(new Uint8Array(150_000)).catch(() => {});
        const output = await client.readAll();
        assertEquals([output.slice(0, 12), output.split("HTTP/1.1 ").length], ["HTTP/1.1 400", 2]);
      }),
  ],
  ["9.8", "MUST", "TLS ends with a closure alert after the last response", () => closureAlert("close")],
  [
    "9.8",
    "MUST",
    "TLS ends with a closure alert when an idle connection is closed",
    () => closureAlert("keep-alive"),
  ],
  ["9.8", "SHOULD", "a client that ends TLS without a closure alert is no error", incompleteClose],
];

async function closeOfIdleConnection(): Promise<void> {
  const server = serve(await listen({ port: 0 }), sayTarget, { idleTimeoutMs: 40 });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.address.port });
  // After a reset the read would reject.
  assertEquals(await within(conn.read(new Uint8Array(1)), "the end of an idle connection"), null);
  conn.close();
  await server.shutdown();
}

async function closureSignal(): Promise<void> {
  const server = serve(await listen({ port: 0 }), sayTarget);
  const client = await connectRaw(server.address.port);
  await client.send(NEXT);
  await client.readUntil("/b");
  assertEquals(server.connectionCount, 1);
  await client.end();
  await client.readAll();
  client.close();
  const stopped = server.shutdown();
  await within(stopped, "the end of the server");
  assertEquals(server.connectionCount, 0);
}

async function lastResponse(): Promise<void> {
  const arrived = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const server = serve(await listen({ port: 0 }), async (request, context) => {
    arrived.resolve();
    await gate.promise;
    return sayTarget(request, context);
  });
  const client = await connectRaw(server.address.port);
  await client.send(NEXT);
  await within(arrived.promise, "the request");
  const stopped = server.shutdown();
  gate.resolve();
  const responses = parseResponses(await client.readAll(), ["GET"]);
  assertEquals(responses.map((response) => fieldOf(response, "connection")), ["close"]);
  client.close();
  await within(stopped, "the end of the server");
}

async function closureAlert(option: "close" | "keep-alive"): Promise<void> {
  const tls = await makeCertificate();
  if (tls === undefined) return console.log("skipped: the openssl command is not installed");
  const server = serve(await listen({ port: 0, tls }), sayTarget);
  const conn = await Deno.connectTls({ ...server.address, caCerts: [tls.cert] });
  await conn.write(new TextEncoder().encode(`GET /b HTTP/1.1\r\nHost: a\r\nConnection: ${option}\r\n\r\n`));
  const buffer = new Uint8Array(4_096);
  let text = "";
  while (!text.endsWith("/b")) {
    const count = await within(conn.read(buffer), "the response");
    text += new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  }
  const stopped = option === "close" ? undefined : server.shutdown();
  // Without the alert the client's TLS would report an unexpected end.
  assertEquals(await within(conn.read(buffer), "the closure alert"), null);
  conn.close();
  await within(stopped ?? server.shutdown(), "the end of the server");
}

async function incompleteClose(): Promise<void> {
  const tls = await makeCertificate();
  if (tls === undefined) return console.log("skipped: the openssl command is not installed");
  const errors: unknown[] = [];
  const server = serve(await listen({ port: 0, tls }), sayTarget, {
    onError: (error) => void errors.push(error),
  });
  const plain = await Deno.connect({ ...server.address });
  const conn = await Deno.startTls(plain, { hostname: "127.0.0.1", caCerts: [tls.cert] });
  await conn.write(new TextEncoder().encode(NEXT));
  await within(conn.read(new Uint8Array(4_096)), "the response");
  conn.close();
  await within(server.shutdown(), "the end of the server");
  assertEquals(errors, []);
}
