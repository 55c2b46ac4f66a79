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
