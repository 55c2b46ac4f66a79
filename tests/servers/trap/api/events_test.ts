import { assertEquals, assertMatch } from "@std/assert";
import type { RequestRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { exchange, exchangeWithEnd } from "../../../support/loopback.ts";
import { EventStream } from "../event_stream.ts";
import { test } from "../asked_trap.ts";
import { type AskedTrap } from "../trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";

async function send(trap: AskedTrap, n: number): Promise<void> {
  await exchange(trap.port, `GET /api?n=${n} HTTP/1.1\r\n${END}`);
}

async function open(trap: AskedTrap, lastId?: string): Promise<EventStream> {
  const headers = lastId === undefined ? {} : { "Last-Event-ID": lastId };
  const response = await trap.call("/api/events", { headers });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const events = new EventStream(response);
  assertMatch((await events.nextBlock())!, /^retry: \d+$/);
  return events;
}

test("GET /api/events sends each request with its record, and each deletion", async (withTrap) => {
  await withTrap({ keep: 2 }, async (trap) => {
    const events = await open(trap);
    await send(trap, 1);
    const first = await events.next();
    const [record] = await trap.records(1);
    assertEquals([first.event, first.id], ["request", record!.id]);
    assertEquals(JSON.parse(first.data), JSON.parse(JSON.stringify(record)));
    await send(trap, 2);
    await send(trap, 3);
    assertEquals([(await events.next()).event, (await events.next()).event], ["request", "request"]);
    const dropped = await events.next();
    assertEquals([dropped.event, JSON.parse(dropped.data)], ["removed", { ids: [record!.id] }]);
    const [second] = await trap.records(2);
    await trap.call(`/api/requests/${second!.id}`, { method: "DELETE" });
    assertEquals(JSON.parse((await events.next()).data), { ids: [second!.id] });
    await trap.call("/api/requests", { method: "DELETE" });
    const cleared = await events.next();
    assertEquals([cleared.event, JSON.parse(cleared.data)], ["removed", { all: true }]);
    await events.close();
  });
});

test("GET /api/events gives a returning reader the events that it missed, as far as they are stored", async (withTrap) => {
  await withTrap({ keep: 3 }, async (trap) => {
    for (const n of [1, 2, 3, 4]) await send(trap, n);
    const [oldest, middle] = await trap.records(3);
    const numbers = async (lastId: string, count: number): Promise<string[]> => {
      const events = await open(trap, lastId);
      const found: string[] = [];
      for (let i = 0; i < count; i++) {
        const record: RequestRecord = JSON.parse((await events.next()).data);
        found.push(record.query[0]![1]);
      }
      await events.close();
      return found;
    };
    assertEquals(await numbers(middle!.id, 1), ["4"]);
    assertEquals(await numbers(oldest!.id, 2), ["3", "4"]);
    assertEquals(await numbers("2000-01-01T00:00:00.000000Z-00aaa", 3), ["2", "3", "4"]);
    const response = await trap.call(`/api/events?after=${middle!.id}`);
    const events = new EventStream(response);
    assertEquals(JSON.parse((await events.next()).data).query, [["n", "4"]]);
    await events.close();
  });
});

test("GET /api/events sends a request again when more bytes have come for it", async (withTrap) => {
  await withTrap({}, async (trap) => {
    const events = await open(trap);
    await exchangeWithEnd(trap.port, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n");
    const [first, second] = [await events.next(), await events.next()];
    assertEquals([first.event, second.event, first.id], ["request", "request", second.id]);
    assertEquals(JSON.parse(second.data).wireBytes - JSON.parse(first.data).wireBytes, 2);
    await events.close();
  });
});

test("GET /api/events ends when the server stops", async (withTrap) => {
  let events: EventStream | undefined;
  await withTrap({}, async (trap) => {
    events = await open(trap);
  });
  assertEquals(await events!.nextBlock(), undefined);
  await events!.close();
});
