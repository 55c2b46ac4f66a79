import { createHmac } from "node:crypto";
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { startTrap } from "../../../mod.ts";

Deno.test("startTrap() gives each request once, with its content, and closes by itself", async () => {
  await using trap = await startTrap();
  assertMatch(trap.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  await (await fetch(`${trap.url}a`, { method: "POST", body: "ü" })).text();
  await (await fetch(`${trap.url}b?x=1`)).text();
  const first = await trap.next();
  assertEquals([first?.method, first?.path, first?.content], ["POST", "/a", { encoding: "text", data: "ü" }]);
  assertEquals((await trap.next({ q: "X=1" }))?.path, "/b");
  assertEquals(await trap.next({ timeoutMs: 0 }), undefined);
  assertEquals((await trap.next({ after: "", method: "POST", q: "ü" }))?.path, "/a");
  assertEquals(trap.requests().map(({ path, verdict }) => `${path} ${verdict}`), ["/a ok", "/b ok"]);
  const listed = await (await fetch(`${trap.uiUrl}api/requests`)).json();
  assertEquals(listed.requests.length, 2);
});

Deno.test("startTrap() gives a request that another filter passed over, and none to two callers", async () => {
  await using trap = await startTrap();
  const send = async (path: string) => void await (await fetch(`${trap.url}${path}`)).text();
  await send("a");
  await send("b");
  assertEquals((await trap.next({ path: "/b" }))?.path, "/b");
  assertEquals((await trap.next({ path: "/a" }))?.path, "/a");
  const both = [trap.next(), trap.next()];
  await send("c");
  await send("d");
  assertEquals((await Promise.all(both)).map((request) => request?.path), ["/c", "/d"]);
  await send("e");
  await send("f");
  const stored = await Promise.all([trap.next(), trap.next()]);
  assertEquals(stored.map((request) => request?.path), ["/e", "/f"]);
});

Deno.test("startTrap() checks signatures, and sends copies", async () => {
  await using copies = await startTrap();
  await using trap = await startTrap({ secrets: { github: ["old", "new"] }, forwardCopy: copies.url });
  const sign = (secret: string): HeadersInit => ({
    "X-Hub-Signature-256": `sha256=${createHmac("sha256", secret).update("{}").digest("hex")}`,
  });
  for (const secret of ["new", "other"]) {
    await (await fetch(`${trap.url}hook`, { method: "POST", body: "{}", headers: sign(secret) })).text();
  }
  assertEquals(trap.requests().map(({ signature }) => signature?.verdict), ["valid", "invalid"]);
  assertEquals((await copies.next())?.path, "/hook");
  // @ts-expect-error a caller without types
  await assertRejects(() => startTrap({ secrets: { gitlab: "x" } }), TypeError, "gitlab");
});

Deno.test("startTrap() waits for a request, and takes other rules while it runs", async () => {
  const trap = await startTrap({ rules: [{ path: "/a", sequence: [{ status: 503 }] }] });
  try {
    const next = trap.next({ path: "/a" });
    const response = await fetch(`${trap.url}a`);
    assertEquals([response.status, (await next)?.response?.status], [503, undefined]);
    await response.body?.cancel();
    trap.rules([{ path: "/a", sequence: [{ body: "{{request.query.id}}" }] }]);
    assertEquals(await (await fetch(`${trap.url}a?id=7`)).text(), "7");
    assertThrows(() => trap.rules([{ path: "/a" }]), Error, "$[0].sequence");
  } finally {
    await trap.close();
  }
  await assertRejects(() => startTrap({ forward: "ftp://a" }), TypeError);
});
