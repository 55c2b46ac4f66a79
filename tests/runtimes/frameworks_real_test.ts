// Unmodified frameworks from npm, on every runtime.

import { assertEquals, assertMatch } from "@std/assert";
import { startScript } from "./bundled.ts";
import { type RuntimeName, RUNTIMES, testOn } from "./runtimes.ts";

const ENTRY = new URL("./frameworks/frameworks_program.ts", import.meta.url);
const ROUTERS = ["hono", "h3", "elysia", "itty", "reactRouter", "oak"];

type Check = (url: string) => Promise<void>;

async function checkRouter(url: string): Promise<void> {
  const json = await fetch(`${url}/json/w%C3%B6rld`);
  assertEquals({ status: json.status, hasHello: (await json.json()).hello.length > 0 }, {
    status: 200,
    hasHello: true,
  });
  assertMatch(json.headers.get("content-type")!, /^application\/json/);
  const form = new FormData();
  form.set("name", "value");
  form.set("file", new File([new Uint8Array(200_000)], "f.bin"));
  const upload = await fetch(`${url}/upload`, { method: "POST", body: form });
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
  const head = await fetch(`${url}/json/x`, { method: "HEAD" });
  assertEquals(await head.text(), "");
}

async function status(url: string): Promise<number> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
}

async function checkTrpc(url: string): Promise<void> {
  const hello = await (await fetch(`${url}/trpc/hello`)).json();
  assertEquals(hello.result.data, { hello: "world" });
  const add = await fetch(`${url}/trpc/add`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"a":1,"b":2}',
  });
  assertEquals((await add.json()).result.data, 3);
  const batch = await (await fetch(`${url}/trpc/hello,hello?batch=1`)).json();
  assertEquals(batch.length, 2);
  assertEquals([await status(`${url}/trpc/fail`), await status(`${url}/trpc/missing`)], [500, 404]);
}

async function checkYoga(url: string): Promise<void> {
  const ask = (query: string, accept: string): Promise<Response> =>
    fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", accept },
      body: JSON.stringify({ query }),
    });
  const hello = await ask('{ hello(name: "you") }', "application/json");
  assertEquals((await hello.json()).data, { hello: "hello you" });
  const counts = await ask("subscription { count }", "text/event-stream");
  assertEquals([...(await counts.text()).matchAll(/"count":(\d)/g)].map(([, count]) => count), ["1", "2"]);
  assertEquals(await status(`${url}/missing`), 404);
}

const CHECKS: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(ROUTERS.map((name) => [name, checkRouter])),
  trpc: checkTrpc,
  yoga: checkYoga,
};

/** Why a runtime cannot run a framework. */
function skipReason(name: string, runtime: RuntimeName): string | undefined {
  return name === "oak" && runtime.startsWith("Node")
    ? "oak's shim for Deno needs __dirname, which a bundle does not have"
    : undefined;
}

for (const [name, check] of Object.entries(CHECKS)) {
  for (const runtime of RUNTIMES) {
    const skip = skipReason(name, runtime.name);
    testOn(runtime, `serve() runs ${name} unchanged, with and without overrideGlobals`, async (binary) => {
      for (const kind of ["plain", "fast"]) {
        const program = await startScript(ENTRY, binary, [name, kind]);
        try {
          await check(`http://127.0.0.1:${program.port}`);
        } finally {
          await program.stop();
        }
      }
    }, skip);
  }
}
