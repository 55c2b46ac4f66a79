import { assertEquals } from "@std/assert";
import { NextWaiters } from "../../../../src/servers/trap/api/next_waiters.ts";
import { RequestStore } from "../../../../src/servers/trap/store/request_store.ts";
import type { RequestRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { HttpError } from "../../../../src/http/errors.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { exchange } from "../../../support/loopback.ts";
import { storedRequest } from "../stored_requests.ts";
import { test } from "../asked_trap.ts";
import { type AskedTrap } from "../trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";

async function send(trap: AskedTrap, line: string): Promise<void> {
  await exchange(trap.port, `${line} HTTP/1.1\r\n${END}`);
}

test("GET /api/next waits for the first request that matches", async (withTrap) => {
  await withTrap({}, async (trap) => {
    await send(trap, "POST /hook?n=3");
    const [{ id }] = await trap.records(1) as [RequestRecord];
    const next = trap.json<RequestRecord>(`/api/next?method=POST&path=/hook&q=n%3D3&after=${id}`);
    await send(trap, "GET /hook?n=3");
    await send(trap, "POST /hook?n=2");
    await send(trap, "POST /other?n=3");
    await send(trap, "POST /hook?n=3&last");
    assertEquals((await next).target, "/hook?n=3&last");
  });
});

test("GET /api/next?after= gives stored requests, one after the other", async (withTrap) => {
  await withTrap({}, async (trap) => {
    for (const n of [1, 2, 3]) await send(trap, `GET /hook?n=${n}`);
    let after = "0";
    const found: string[] = [];
    for (let i = 0; i < 3; i++) {
      const record = await trap.json<RequestRecord>(`/api/next?path=/hook&after=${after}`);
      after = record.id;
      found.push(record.target);
    }
    assertEquals(found, ["/hook?n=1", "/hook?n=2", "/hook?n=3"]);
    const none = await trap.call(`/api/next?after=${after}&timeout_ms=30`);
    assertEquals([none.status, await none.text()], [204, ""]);
    const immediate = await trap.call("/api/next?timeout_ms=0");
    assertEquals([immediate.status, await immediate.text()], [204, ""]);
    for (const value of ["x", "-1", "300001"]) {
      const refused = await trap.call(`/api/next?timeout_ms=${value}`);
      assertEquals(refused.status, 400, value);
      await refused.body?.cancel();
    }
  });
});

Deno.test("NextWaiters releases a waiter after its time, and all waiters when it is closed", async () => {
  const clock = new FakeClock();
  const store = new RequestStore({ maxRequests: 10, maxBytes: 1_000 });
  const waiters = new NextWaiters(store, clock);
  const wait = (timeoutMs: number): ReturnType<NextWaiters["next"]> =>
    waiters.next(() => true, { after: undefined, timeoutMs });
  const short = wait(100);
  const long = wait(10_000);
  assertEquals(waiters.size, 2);
  await clock.advance(100);
  assertEquals([await short, waiters.size], [undefined, 1]);
  const request = storedRequest("1");
  const again = wait(10_000);
  store.add(request);
  assertEquals([await long, await again, waiters.size, clock.timerCount], [request, request, 0, 0]);
  const last = wait(10_000);
  waiters.close();
  assertEquals([await last, await wait(10_000), clock.timerCount], [undefined, undefined, 0]);
});

Deno.test("NextWaiters refuses a client when a thousand wait", async () => {
  const waiters = new NextWaiters(new RequestStore({ maxRequests: 1, maxBytes: 1 }), new FakeClock());
  const options = { after: undefined, timeoutMs: 1_000 };
  const all = Array.from({ length: 1_000 }, () => waiters.next(() => true, options));
  const status = await waiters.next(() => true, options).catch((error: HttpError) => error.status);
  assertEquals(status, 503);
  waiters.close();
  await Promise.all(all);
});

Deno.test("NextWaiters releases clients that have left when room is needed, and responds to clients that only finished sending", async () => {
  const store = new RequestStore({ maxRequests: 1, maxBytes: 1_000 });
  const waiters = new NextWaiters(store, new FakeClock());
  const controller = new AbortController();
  const wait = (): ReturnType<NextWaiters["next"]> =>
    waiters.next(() => true, { after: undefined, timeoutMs: 1_000, signal: controller.signal });
  const [first, second] = [wait(), wait()];
  controller.abort();
  const options = { after: undefined, timeoutMs: 1_000 };
  const others = Array.from({ length: 998 }, () => waiters.next(() => true, options));
  const last = waiters.next(() => true, options);
  assertEquals([await first, waiters.size], [undefined, 1_000]);
  const request = storedRequest("1");
  store.add(request);
  assertEquals([await second, await last], [request, request]);
  await Promise.all(others);
});
