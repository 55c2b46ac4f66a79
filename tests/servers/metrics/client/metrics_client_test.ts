import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MetricsClient } from "../../../../src/servers/metrics/client/metrics_client.ts";
import { ClientProtocolError } from "../../../../src/servers/metrics/client/client_errors.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { say, settled, withClient, withPeer, writeAll } from "./client_peers.ts";

Deno.test("MetricsClient.put() and get() store and find samples, sorted by timestamp", () =>
  withClient(async (client) => {
    await client.put("palm.cpu", 23.7, { timestamp: 1150864247 });
    await client.put("palm.cpu", 0.5, { timestamp: 1150864248 });
    await client.put("palm.cpu", -0, { timestamp: 1 });
    await client.put("k\u00e9y", Infinity, { timestamp: -5 });
    assertEquals(
      await client.get("palm.cpu"),
      new Map([["palm.cpu", [[1, -0], [1150864247, 23.7], [1150864248, 0.5]]]]),
    );
    assertEquals([...(await client.get("*")).keys()], ["palm.cpu", "k\u00e9y"]);
    assertEquals((await client.get("*")).get("k\u00e9y"), [[-5, Infinity]]);
    assertEquals(await client.get("unknown"), new Map());
  }));

Deno.test("MetricsClient.put() takes the present second if no timestamp is given", () =>
  withClient(async (client) => {
    await client.put("k", 1);
    assertEquals(await client.get("k"), new Map([["k", [[1_700_000_000, 1]]]]));
  }, { now: () => 1_700_000_000_900 }));

Deno.test("MetricsClient sends simultaneous calls together and matches the replies", () =>
  withClient(async (client) => {
    const puts = Array.from(
      { length: 100 },
      (_, index) => client.put(`k${index % 5}`, index, { timestamp: index }),
    );
    const [all] = await Promise.all([client.get("k3"), ...puts]);
    assertEquals(all.get("k3")?.length, 20);
  }));

Deno.test("MetricsClient sends no malformed key, so that none can smuggle in a command", () =>
  withClient(async (client) => {
    for (const key of ["", "a b", "a\nput b 1 1", "a\u2028", "\ud800"]) {
      await assertRejects(() => client.get(key), ClientProtocolError, "Cannot get");
      await assertRejects(() => client.put(key, 1, { timestamp: 1 }), ClientProtocolError, "Cannot put");
    }
    await assertRejects(() => client.put("*", 1, { timestamp: 1 }), ClientProtocolError, "stands for all");
    assertEquals(await client.get("*"), new Map());
  }));

// Values that a caller without types may pass.
const NO_PUTS: readonly (readonly [key: unknown, value: unknown, timestamp: unknown])[] = [
  ["k", 1, 1.5],
  ["k", 1, NaN],
  ["k", 1, 2 ** 53],
  ["k", 1, "1\nput smuggled 1 1"],
  ["k", "1 1\nput smuggled 1", 1],
  ["k", 1n, 1],
  ["k", null, 1],
  [5, 1, 1],
  [null, 1, 1],
  [undefined, 1, 1],
];

Deno.test("MetricsClient.put() sends no malformed key, value or timestamp", () =>
  withClient(async (client) => {
    const put = client.put.bind(client) as (...words: unknown[]) => Promise<void>;
    for (const [key, value, timestamp] of NO_PUTS) {
      await assertRejects(() => put(key, value, { timestamp }), ClientProtocolError, "Cannot put: expected");
    }
    assertEquals(await client.get("*"), new Map());
  }));

Deno.test("MetricsClient takes any time for calls above 0, and waits for ever with the longest", async () => {
  for (const timeoutMs of [0, -1, NaN]) {
    assertThrows(() => new MetricsClient("127.0.0.1", 1, { timeoutMs }), RangeError, "above 0");
  }
  for (const timeoutMs of [Infinity, 1e12]) {
    await withClient(async (client) => assertEquals(await client.get("k"), new Map()), { timeoutMs });
  }
});

Deno.test("MetricsClient.get(), keys() and delete() take patterns and stretches of time", () =>
  withClient(async (client) => {
    for (const key of ["b.x", "a.x", "a.y"]) {
      for (const timestamp of [1, 2, 3]) await client.put(key, timestamp, { timestamp });
    }
    assertEquals(
      await client.get("*.x", { from: 2, until: 2 }),
      new Map([["b.x", [[2, 2]]], ["a.x", [[2, 2]]]]),
    );
    assertEquals(await client.get("b.x", { from: 3 }), new Map([["b.x", [[3, 3]]]]));
    assertEquals(await client.get("b.x", { until: 1 }), new Map([["b.x", [[1, 1]]]]));
    assertEquals(await client.keys("*"), ["b.x", "a.x", "a.y"]);
    assertEquals(await client.keys("a.*"), ["a.x", "a.y"]);
    await client.delete("a.{x,y}", { from: 2 });
    await client.delete("none");
    assertEquals(await client.get("a.*"), new Map([["a.x", [[1, 1]]], ["a.y", [[1, 1]]]]));
    await client.delete("*");
    assertEquals(await client.keys("*"), []);
    for (const span of [{ from: 1.5 }, { until: NaN }]) {
      await assertRejects(() => client.get("a", span), ClientProtocolError, "whole seconds");
      await assertRejects(() => client.delete("a", span), ClientProtocolError, "whole seconds");
    }
    await assertRejects(() => client.keys("*a".repeat(3_000)), ClientProtocolError, '"pattern too long"');
  }));

Deno.test("MetricsClient.rows() gives every row in order, and other calls go on after an early end of the rows", () =>
  withClient(async (client) => {
    const puts = Array.from(
      { length: 30_000 },
      (_, index) => client.put(`k${index % 3}`, index, { timestamp: index }),
    );
    await Promise.all(puts);
    const rows: number[] = [];
    for await (const { key, timestamp, value } of client.rows("*", { from: 3 })) {
      assertEquals([key, value], [`k${timestamp % 3}`, timestamp]);
      rows.push(timestamp);
    }
    assertEquals(rows.length, 29_997);
    assertEquals(rows.slice(0, 3), [3, 6, 9]);
    for await (const { timestamp } of client.rows("*")) {
      if (timestamp === 0) break;
    }
    assertEquals((await client.keys("*")).length, 3);
    await assertRejects(
      async () => {
        for await (const row of client.rows("*a".repeat(3_000))) assertEquals(row, undefined);
      },
      ClientProtocolError,
      '"pattern too long"',
    );
  }));

Deno.test("MetricsClient reads no further while the rows of a stream wait for the caller", async () => {
  const row = bytesOf("k 1.0 1\n");
  const piece = new Uint8Array(row.length * 8_000);
  for (let at = 0; at < piece.length; at += row.length) piece.set(row, at);
  let sent = 0;
  const full = Promise.withResolvers<void>();
  await withPeer(async (conn) => {
    await say(conn, "ok\n");
    // The sockets hold some megabytes; they would take more only if the client read on.
    for (; sent < 400; sent++) {
      const writing = writeAll(conn, piece);
      const isTaken = await Promise.race([writing.then(() => true), settled(writing)]);
      if (!isTaken) full.resolve();
      await writing;
    }
    await say(conn, "\n");
  }, async (client) => {
    let count = 0;
    for await (const { timestamp } of client.rows("k")) {
      if (count === 0) await full.promise;
      count += timestamp;
    }
    assertEquals(count, 400 * 8_000);
  });
});
