import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connectRaw } from "../support/loopback.ts";
import { connectResetting } from "../support/resetting_client.ts";
import type { Program } from "../support/program.ts";
import { startScript } from "./bundled.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./hono_program.ts", import.meta.url);

/** Registers a case once for each runtime. */
function test(claim: string, body: (url: string, program: Program) => Promise<void>): void {
  for (const runtime of RUNTIMES) {
    testOn(runtime, `serve() with an unmodified Hono application ${claim}`, async (binary) => {
      const program = await startScript(ENTRY, binary);
      try {
        await body(`http://127.0.0.1:${program.port}`, program);
      } finally {
        await program.stop();
      }
    });
  }
}

test("serves routes with parameters, JSON, forms with files, and 404 by its own handler", async (url) => {
  assertEquals(await (await fetch(`${url}/hello/w%C3%B6rld`)).text(), "hello wörld");
  const json = await fetch(`${url}/json`, { method: "POST", body: '{"a":[1,null]}' });
  assertEquals([json.status, await json.json()], [201, { got: { a: [1, null] } }]);
  const form = new FormData();
  form.set("name", "value");
  form.set("file", new Blob(["content of the file"]), "file.txt");
  const response = await fetch(`${url}/form`, { method: "POST", body: form });
  assertEquals(await response.text(), "value content of the file");
  const missing = await fetch(`${url}/nowhere`);
  assertEquals([missing.status, await missing.json()], [404, { missing: "/nowhere" }]);
});

test("passes its middleware, sets and reads cookies", async (url) => {
  const hello = await fetch(`${url}/hello/you`);
  assertEquals([await hello.text(), hello.headers.get("X-Middleware")], ["hello you", "GET 200"]);
  const stranger = await fetch(`${url}/private/room`);
  assertEquals([stranger.status, await stranger.text()], [401, "who are you?"]);
  const known = await fetch(`${url}/private/room`, { headers: { Authorization: "Bearer key" } });
  assertEquals([known.status, await known.text()], [200, "welcome"]);
  const cookies = await fetch(`${url}/cookies`, { headers: { Cookie: "a=b; c=d%20e" } });
  assertEquals(cookies.headers.getSetCookie(), ["first=1; Path=/; HttpOnly", "second=two%20words; Path=/"]);
  assertEquals(await cookies.json(), { a: "b", c: "d e" });
});

test("turns errors into the responses of its onError, and goes on", async (url) => {
  for (let round = 0; round < 2; round++) {
    const failed = await fetch(`${url}/throw`);
    assertEquals([failed.status, await failed.text()], [500, "sorry: out of tea"]);
    const teapot = await fetch(`${url}/teapot`);
    assertEquals([teapot.status, await teapot.text()], [418, "short and stout"]);
  }
});

test("streams pieces and server-sent events", async (url) => {
  const pieces = await fetch(`${url}/pieces`);
  assertEquals([pieces.headers.get("Content-Length"), await pieces.text()], [null, "one two three"]);
  const events = await fetch(`${url}/events`);
  assertEquals(events.headers.get("Content-Type"), "text/event-stream");
  assertEquals(
    await events.text(),
    "event: tick\ndata: tick 1\nid: 1\n\nevent: tick\ndata: tick 2\nid: 2\n\n",
  );
});

test("streams both ways: the response to an upload begins before its end", async (_url, { port }) => {
  const client = await connectRaw(port);
  await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nping\r\n");
  assertMatch(await client.readUntil("ping\r\n"), /\r\n4\r\nping\r\n$/);
  await client.send("4\r\npong\r\n");
  assertMatch(await client.readUntil("pong\r\n"), /\r\n4\r\npong\r\n$/);
  await client.send("0\r\n\r\n");
  assertMatch(await client.readUntil("\r\n0\r\n\r\n"), /\r\n0\r\n\r\n$/);
  client.close();
});

test("echoes 32 MiB that come and go at once", async (url) => {
  const size = 33_554_432;
  const content = new Uint8Array(size).map((_byte, index) => index % 251);
  const response = await fetch(`${url}/echo`, { method: "POST", body: content });
  const echoed = new Uint8Array(await response.arrayBuffer());
  assertEquals(
    { length: echoed.length, isSameContent: echoed.every((byte, index) => byte === index % 251) },
    { length: size, isSameContent: true },
  );
});

test("aborts Request.signal when the client leaves while it waits for the response", async (url, program) => {
  const closing = await connectRaw(program.port);
  await closing.send("GET /wait/closing HTTP/1.1\r\nHost: a\r\n\r\n");
  await program.until("stdout", "closing waits");
  closing.close();
  await program.until("stdout", "closing has left");
  const resetting = await connectResetting(program.port);
  await resetting.send("GET /wait/resetting HTTP/1.1\r\nHost: a\r\n\r\n");
  await program.until("stdout", "resetting waits");
  await resetting.reset();
  await program.until("stdout", "resetting has left");
  const aborting = new AbortController();
  const response = fetch(`${url}/wait/aborting`, { signal: aborting.signal });
  await program.until("stdout", "aborting waits");
  aborting.abort();
  await assertRejects(() => response, DOMException);
  await program.until("stdout", "aborting has left");
});

test("aborts an endless stream when the client leaves", async (url, program) => {
  const aborting = new AbortController();
  const response = await fetch(`${url}/endless/reader`, { signal: aborting.signal });
  const reader = response.body!.getReader();
  for (let length = 0; length < 1_000_000;) length += (await reader.read()).value!.length;
  aborting.abort();
  await program.until("stdout", "reader has left");
  await reader.cancel().catch(() => {});
});

test("does not abort Request.signal of a request that got its response", async (url, program) => {
  const responses = await Promise.all([1, 2, 3].map(() => fetch(`${url}/answered`)));
  assertEquals(await Promise.all(responses.map((response) => response.text())), ["false", "false", "false"]);
  const client = await connectRaw(program.port);
  const request = "GET /answered HTTP/1.1\r\nHost: a\r\n";
  await client.send(`${request}\r\n${request}\r\n${request}Connection: close\r\n\r\n`);
  assertEquals((await client.readAll()).split("false").length, 4);
  client.close();
  await program.stop();
  assertEquals(program.stdout.includes("has left"), false);
});
