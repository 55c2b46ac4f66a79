// What the frameworks with a protocol of their own must do, as a client sees it.

import { assertEquals, assertMatch } from "@std/assert";
import { FILE } from "./routers.ts";

/** The status of a response. Its content is thrown away. */
export async function status(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, { redirect: "manual", ...init });
  await response.body?.cancel();
  return response.status;
}

/** A form with a name and a file of 200,000 bytes. */
export function uploadForm(): FormData {
  const form = new FormData();
  form.set("name", "value");
  form.set("file", new File([new Uint8Array(200_000)], "f.bin"));
  return form;
}

/** Files only go in: tRPC answers every call with JSON or events. */
export async function checkTrpc(url: string): Promise<void> {
  const resultOf = async (path: string, init?: RequestInit): Promise<unknown> =>
    (await (await fetch(`${url}/trpc/${path}`, init)).json()).result.data;
  assertEquals(await resultOf("hello"), { hello: "world" });
  const json = { method: "POST", headers: { "content-type": "application/json" }, body: '{"a":1,"b":2}' };
  assertEquals(await resultOf("add", json), 3);
  const batch = await (await fetch(`${url}/trpc/hello,hello?batch=1`)).json();
  assertEquals(batch.length, 2);
  assertEquals(await resultOf("upload", { method: "POST", body: uploadForm() }), "value f.bin 200000");
  const octets = { "content-type": "application/octet-stream" };
  assertEquals(await resultOf("measure", { method: "POST", headers: octets, body: FILE }), FILE.length);
  const events = await fetch(`${url}/trpc/events`, { headers: { accept: "text/event-stream" } });
  assertMatch(events.headers.get("content-type")!, /^text\/event-stream/);
  assertMatch(await events.text(), /data: "one"\n[^]*data: "two"\n[^]*event: return\n/);
  const cookies = await fetch(`${url}/trpc/cookies`, { headers: { cookie: "a=1" } });
  assertEquals([cookies.headers.getSetCookie(), (await cookies.json()).result.data], [["b=2"], "a=1"]);
  const redirect = await fetch(`${url}/trpc/redirect`, { redirect: "manual" });
  assertEquals([redirect.status, redirect.headers.get("location")], [302, "/trpc/hello"]);
  await redirect.body?.cancel();
  assertEquals([await status(`${url}/trpc/throw`), await status(`${url}/trpc/missing`)], [500, 404]);
  // tRPC takes HEAD for a call that wakes a sleeping server up.
  assertEquals(await status(`${url}/trpc/hello`, { method: "HEAD" }), 204);
}

/** Yoga knows GET and POST only; files come from a route of a plugin. */
export async function checkYoga(url: string): Promise<void> {
  const ask = (query: string, accept: string): Promise<Response> =>
    fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", accept, cookie: "a=1" },
      body: JSON.stringify({ query }),
    });
  const hello = await ask('{ hello(name: "you") }', "application/json");
  assertEquals((await hello.json()).data, { hello: "hello you" });
  assertEquals(await uploadTo(`${url}/graphql`), { upload: "value f.bin 200000" });
  const counts = await ask("subscription { count }", "text/event-stream");
  assertEquals([...(await counts.text()).matchAll(/"count":(\d)/g)].map(([, count]) => count), ["1", "2"]);
  const cookies = await ask("{ cookie }", "application/json");
  assertEquals([cookies.headers.getSetCookie(), (await cookies.json()).data.cookie], [["b=2"], "a=1"]);
  const file = await fetch(`${url}/file`);
  assertEquals(file.headers.get("content-length"), String(FILE.length));
  assertEquals((await file.bytes()).every((byte, index) => byte === FILE[index]), true);
  const fileHead = await fetch(`${url}/file`, { method: "HEAD" });
  assertEquals([fileHead.headers.get("content-length"), await fileHead.text()], [String(FILE.length), ""]);
  const redirect = await fetch(`${url}/redirect`, { redirect: "manual" });
  assertEquals([redirect.status, redirect.headers.get("location")], [302, "/graphql"]);
  await redirect.body?.cancel();
  const failed = await (await ask("{ fail }", "application/json")).json();
  assertEquals([failed.data.fail, failed.errors[0].message], [null, "Unexpected error."]);
  assertEquals([await status(`${url}/throw`), await status(`${url}/missing`)], [500, 404]);
  assertEquals(await status(`${url}/graphql?query={hello}`, { method: "HEAD" }), 405);
}

/** A request with a file, by the GraphQL multipart request specification. */
async function uploadTo(url: string): Promise<unknown> {
  const form = new FormData();
  const query = 'mutation ($file: File!) { upload(name: "value", file: $file) }';
  form.set("operations", JSON.stringify({ query, variables: { file: null } }));
  form.set("map", '{"0":["variables.file"]}');
  form.set("0", new File([new Uint8Array(200_000)], "f.bin"));
  return (await (await fetch(url, { method: "POST", body: form })).json()).data;
}
