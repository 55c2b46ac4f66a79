import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { Handler } from "../../src/backend/handler.ts";
import type { HttpRequest } from "../../src/http/request/request.ts";
import { readWhole } from "../../src/http/request/request_body.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { echoTarget, get, startFakeServer, statusesOf, stopFakeServer } from "../support/fake_server.ts";

const echoContent: Handler = async (request) =>
  textResponse(200, new TextDecoder().decode(await readWhole(request.body)));

function post(fields: string, content: string): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${content}`;
}

Deno.test("serve() gives content by length and by chunks to the handler (RFC 9112 §6)", async () => {
  const fake = startFakeServer(echoContent);
  const client = await fake.connect();
  await client.send(
    post("Content-Length: 5\r\n", "first") + post("Transfer-Encoding: chunked\r\n", "3\r\nsec\r\n"),
  );
  await client.send("3\r\nond\r\n0\r\nX: trailer\r\n\r\n");
  assertMatch(client.output, /\r\n\r\nfirst[^]*\r\n\r\nsecond$/);
  await stopFakeServer(fake);
});

Deno.test("serve() drops content that no handler read, and goes on with the next request (RFC 9112 §9.3)", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send(post("Content-Length: 26\r\n", "GET /not HTTP/1.1\r\n"));
  assertEquals(statusesOf(client.output), [200], "the response does not wait for unwanted content");
  await client.send("Host: a" + get("/next"));
  assertEquals(statusesOf(client.output), [200, 200]);
  assertMatch(client.output, /\r\n\r\n\/next$/);
  await client.send(post("Transfer-Encoding: chunked\r\n", "5\r\n12345\r\n0\r\n\r\n") + get("/last"));
  assertMatch(client.output, /\r\n\r\n\/last$/);
  await stopFakeServer(fake);
});

Deno.test("serve() closes if more than maxDrainBytes of content are unread", async () => {
  const rows: [request: string, persistence: string, statuses: number[]][] = [
    [post("Content-Length: 100\r\n", "x".repeat(100)), "keep-alive", [200, 200]],
    [post("Content-Length: 101\r\n", "x".repeat(101)), "close", [200]],
    [post("Transfer-Encoding: chunked\r\n", "100\r\n" + "x".repeat(256) + "\r\n0\r\n\r\n"), "keep-alive", [
      200,
    ]],
  ];
  for (const [request, persistence, statuses] of rows) {
    const fake = startFakeServer(echoTarget, { maxDrainBytes: 100 });
    const client = await fake.connect();
    for (const byte of request.slice(0, -300)) await client.send(byte);
    await client.send(request.slice(-300));
    assertStringIncludes(client.output, `Connection: ${persistence}`);
    await client.send(get("/next"));
    assertEquals(statusesOf(client.output), statuses, request.slice(0, 60));
    await stopFakeServer(fake);
  }
});

Deno.test("serve() reads content only when the handler asks, which is the back-pressure", async () => {
  const gate = Promise.withResolvers<void>();
  const fake = startFakeServer(async (request) => {
    await gate.promise;
    return await echoContent(request, {} as never);
  });
  const client = await fake.connect();
  await client.send(post("Content-Length: 3\r\n", ""));
  assertEquals(client.isReading, false);
  gate.resolve();
  await client.send("abc");
  assertMatch(client.output, /\r\n\r\nabc$/);
  await stopFakeServer(fake);
});

Deno.test("serve() sends 100 Continue when the handler reads, not before (RFC 9110 §10.1.1)", async () => {
  const fake = startFakeServer(echoContent);
  const client = await fake.connect();
  await client.send(post("Expect: 100-Continue\r\nContent-Length: 3\r\n", ""));
  assertEquals(client.output, "HTTP/1.1 100 Continue\r\n\r\n");
  await client.send("abc" + get("/next"));
  assertEquals(statusesOf(client.output), [100, 200, 200]);
  await stopFakeServer(fake);
});

Deno.test("serve() sends no 100 to HTTP/1.0, for empty content, or when content is there already (RFC 9110 §10.1.1)", async () => {
  const rows: string[] = [
    "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    post("Expect: 100-continue\r\nContent-Length: 0\r\n", ""),
    post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"),
  ];
  for (const request of rows) {
    const fake = startFakeServer(echoContent);
    const client = await fake.connect();
    await client.send(request);
    assertEquals(statusesOf(client.output), [200], request);
    await stopFakeServer(fake);
  }
});

Deno.test("serve() closes after an early response to a client that holds its content back (RFC 9110 §10.1.1)", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send(post("Expect: 100-continue\r\nContent-Length: 3\r\n", ""));
  assertEquals(statusesOf(client.output), [200]);
  assertStringIncludes(client.output, "Connection: close\r\n");
  assertEquals(client.hasEnded, true);
  await stopFakeServer(fake);
});

Deno.test("serve() refuses an unknown expectation with 417 (RFC 9110 §10.1.1)", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send(post("Expect: tea\r\nContent-Length: 3\r\n", "abc"));
  assertEquals(statusesOf(client.output), [417]);
  await stopFakeServer(fake);
});

Deno.test("serve() ends after a response when the handler left a read unfinished", async () => {
  const fake = startFakeServer((request) => {
    request.body.read().catch(() => {});
    return textResponse(200, "early");
  });
  const client = await fake.connect();
  await client.send(post("Content-Length: 3\r\n", ""));
  assertMatch(client.output, /\r\n\r\nearly$/);
  assertEquals(client.hasEnded, true);
  await client.send("abc" + get("/next"));
  assertEquals([statusesOf(client.output), fake.errors], [[200], []]);
  await stopFakeServer(fake);
  assert(client.isClosed);
});

Deno.test("serve() survives a handler that reads content after its response, at any time", async () => {
  for (let turns = 0; turns < 20; turns++) {
    for (const maxDrainBytes of [10, 1_000]) {
      const late = Promise.withResolvers<unknown>();
      const fake = startFakeServer((request) => {
        const readLate = async (): Promise<Uint8Array | null> => {
          for (let turn = 0; turn < turns; turn++) await null;
          return await request.body.read();
        };
        readLate().then(late.resolve, late.resolve);
        return textResponse(200, "early");
      }, { maxDrainBytes });
      const client = await fake.connect();
      await client.send(post("Content-Length: 30\r\n", ""));
      await client.send("x".repeat(30) + get("/next"));
      assertMatch(client.output, /\r\n\r\nearly/);
      await late.promise;
      // Either the connection ends, or the next request gets its response: the start of a request is never guessed.
      assertEquals(statusesOf(client.output).length === 2, !client.hasEnded, `${turns} ${maxDrainBytes}`);
      assertEquals(fake.errors, []);
      await stopFakeServer(fake);
    }
  }
});

Deno.test("serve() rejects a read of content that it has dropped after the response", async () => {
  for (const isReadFirst of [false, true]) {
    let first: HttpRequest | undefined;
    const fake = startFakeServer(async (request) => {
      if (request.method === "GET") return textResponse(200, "");
      if (isReadFirst) await request.body.read();
      first = request;
      return textResponse(200, "");
    });
    const client = await fake.connect();
    await client.send(post("Content-Length: 3\r\n", "abc") + get("/next"));
    assertEquals(statusesOf(client.output), [200, 200]);
    const late = first!.body.read();
    // Only the end of the content was left after the first read.
    if (isReadFirst) assertEquals(await late, null);
    else await assertRejects(() => late, TypeError, "it was dropped after the response");
    await stopFakeServer(fake);
  }
});

Deno.test("serve() closes when content breaks after the response", async () => {
  const fake = startFakeServer(echoTarget);
  const client = await fake.connect();
  await client.send(post("Transfer-Encoding: chunked\r\n", "zz\r\n") + get("/after"));
  assertEquals({ statuses: statusesOf(client.output), hasEnded: client.hasEnded }, {
    statuses: [200],
    hasEnded: true,
  });
  await stopFakeServer(fake);
});
