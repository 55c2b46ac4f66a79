// Unmodified frameworks from npm, on every runtime.

import { assertEquals, assertMatch } from "@std/assert";
import { startScript } from "./bundled.ts";
import { checkTrpc, checkYoga, status, uploadForm } from "./frameworks/api_checks.ts";
import { RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./frameworks/frameworks_program.ts", import.meta.url);
const ROUTERS = ["hono", "h3", "elysia", "itty", "reactRouter", "oak"];

type Check = (url: string) => Promise<void>;

async function checkRouter(url: string, headStatus: number): Promise<void> {
  const json = await fetch(`${url}/json/w%C3%B6rld`);
  assertEquals({ status: json.status, hasHello: (await json.json()).hello.length > 0 }, {
    status: 200,
    hasHello: true,
  });
  assertMatch(json.headers.get("content-type")!, /^application\/json/);
  const content = { a: [1, "é"] };
  const headers = { "content-type": "application/json" };
  const echo = await fetch(`${url}/echo`, { method: "POST", headers, body: JSON.stringify(content) });
  assertEquals(await echo.json(), content);
  const upload = await fetch(`${url}/upload`, { method: "POST", body: uploadForm() });
  assertEquals(await upload.text(), "value f.bin 200000");
  const events = await fetch(`${url}/events`);
  assertMatch(events.headers.get("content-type")!, /^text\/event-stream/);
  assertEquals(await events.text(), "data: one\n\ndata: two\n\n");
  const cookies = await fetch(`${url}/cookies`, { headers: { cookie: "a=1" } });
  assertMatch(cookies.headers.getSetCookie().join(), /^b=2/);
  assertEquals(await cookies.text(), "1");
  const file = await fetch(`${url}/file`);
  assertEquals((await file.bytes()).every((byte, index) => byte === index % 251), true);
  assertEquals(file.headers.get("content-length"), "100000");
  const redirect = await fetch(`${url}/redirect`, { redirect: "manual" });
  const location = new URL(redirect.headers.get("location")!, url);
  assertEquals([redirect.status, location.href], [302, `${url}/json/x`]);
  await redirect.body?.cancel();
  assertEquals(await status(`${url}/missing`), 404);
  assertEquals(await status(`${url}/throw`), 500);
  for (const path of ["json/x", "file"]) {
    const head = await fetch(`${url}/${path}`, { method: "HEAD" });
    assertEquals([head.status, await head.text()], [headStatus, ""]);
  }
}

const CHECKS: Readonly<Record<string, Check>> = {
  // itty-router has no HEAD by itself.
  ...Object.fromEntries(
    ROUTERS.map((name) => [name, (url: string) => checkRouter(url, name === "itty" ? 404 : 200)]),
  ),
  trpc: checkTrpc,
  yoga: checkYoga,
};

for (const [name, check] of Object.entries(CHECKS)) {
  for (const runtime of RUNTIMES) {
    testOn(runtime, `serve() runs ${name} unchanged, with and without overrideGlobals`, async (binary) => {
      for (const kind of ["plain", "fast"]) {
        const program = await startScript(ENTRY, binary, [name, kind]);
        try {
          await check(`http://127.0.0.1:${program.port}`);
        } finally {
          await program.stop();
        }
      }
    });
  }
}
