// Replies and connections that fail: the errors of the client, and its next calls.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../../src/net/connection.ts";
import { MetricsClient } from "../../../../src/servers/metrics/client/metrics_client.ts";
import {
  ClientError,
  ClientProtocolError,
  ClientSocketError,
} from "../../../../src/servers/metrics/client/client_errors.ts";
import { runServer } from "../../../../src/servers/metrics/run_server.ts";
import { within } from "../../../support/deadline.ts";
import { say, withClient, withPeer } from "./client_peers.ts";

Deno.test("MetricsClient rejects with ClientProtocolError when the server refuses, and goes on", () =>
  withClient(async (client) => {
    const key = "k".repeat(70_000);
    const error = await assertRejects(() => client.put(key, 1, { timestamp: 1 }), ClientProtocolError);
    assert(error instanceof ClientError);
    assertEquals((error as Error).message, 'Cannot put: the server says "wrong command"');
    for (let index = 0; index < 5; index++) await client.put(`k${index}`, 1, { timestamp: 1 });
    await assertRejects(() => client.put("k5", 1, { timestamp: 1 }), ClientProtocolError, "too many series");
    await client.put("k4", 1, { timestamp: 2 });
  }));

Deno.test("MetricsClient refuses a timestamp in place of options, which JavaScript lets pass", () =>
  withClient(async (client) => {
    await client.put("k", 1, { timestamp: 1 });
    const calls = [
      () => client.put("k", 2, 5 as never),
      () => client.get("k", 5 as never),
      () => client.rows("k", null as never).next(),
      () => client.delete("k", 5 as never),
    ];
    for (const call of calls) await assertRejects(call, ClientProtocolError, "expected an object of options");
    assertEquals(await client.get("k"), new Map([["k", [[1, 1]]]]));
  }));

Deno.test("MetricsClient rejects with ClientSocketError when no server listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const client = new MetricsClient("127.0.0.1", port);
  const error = await assertRejects(() => client.get("k"), ClientSocketError, "Cannot connect to");
  assert((error as Error).cause instanceof ConnectionError);
  await assertRejects(() => client.get("k"), ClientSocketError, "Cannot connect to");
  client.close();
});

Deno.test("MetricsClient rejects with ClientSocketError when the server is gone, and connects again", async () => {
  const first = await runServer("127.0.0.1", 0);
  const { port } = first.address;
  const client = new MetricsClient("127.0.0.1", port);
  await client.put("k", 1, { timestamp: 1 });
  await first.close();
  await assertRejects(() => client.get("k"), ClientSocketError);
  const second = await runServer("127.0.0.1", port);
  assertEquals(await within(client.get("k"), "rows"), new Map());
  client.close();
  await second.close();
});

Deno.test("MetricsClient rejects with ClientSocketError when the server closes instead of replying", () =>
  withPeer(async (conn) => await conn.closeWrite(), async (client) => {
    await assertRejects(() => client.get("k"), ClientSocketError, "closed");
  }));

Deno.test("MetricsClient rejects with ClientSocketError when the time is up", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = new MetricsClient("127.0.0.1", listener.addr.port, { timeoutMs: 20 });
  await assertRejects(() => client.get("k"), ClientSocketError, "20 ms");
  client.close();
  (await listener.accept()).close();
  listener.close();
});

const BAD_REPLIES: readonly (readonly [string, string])[] = [
  ["an unknown status", "yes\n\n"],
  ["a row without numbers", "ok\nkey\n\n"],
  ["a row with a bad value", "ok\nkey x 1\n\n"],
  ["a row with a bad timestamp", "ok\nkey 1.0 1.5\n\n"],
  ["a row without a key", "ok\n 1.0 1\n\n"],
  ["a row of four words", "ok\nkey 1.0 1 2\n\n"],
  ["a row with two spaces", "ok\nkey  1.0 1\n\n"],
  ["a row with a malformed key", "ok\nk\u00a0y 1.0 1\n\n"],
  ["a line without end", `ok\n${"x".repeat(70_000)}\n\n`],
];

for (const [name, reply] of BAD_REPLIES) {
  Deno.test(`MetricsClient rejects with ClientProtocolError ${name} in a reply`, () =>
    withPeer((conn) => say(conn, reply), async (client) => {
      await assertRejects(() => client.get("k"), ClientProtocolError, "Cannot read a reply");
    }));
}

Deno.test("MetricsClient drops a connection that brings unrequested bytes", async () => {
  const dropped = Promise.withResolvers<void>();
  await withPeer(async (conn) => {
    await say(conn, "ok\n\nok\n\n");
    while (await conn.read(new Uint8Array(10)).catch(() => null) !== null);
    dropped.resolve();
  }, async (client) => {
    assertEquals(await client.get("k"), new Map());
    await dropped.promise;
  });
});

Deno.test("MetricsClient sorts rows that another server sends out of order", () =>
  withPeer((conn) => say(conn, "ok\nk 1.0 3\nj nan 1\nk 2.0 2\n\n"), async (client) => {
    const rows = await client.get("*");
    assertEquals(rows, new Map([["k", [[2, 2], [3, 1]]], ["j", [[1, NaN]]]]));
  }));

Deno.test("MetricsClient.close() ends pending calls, and later ones, with ClientSocketError", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = new MetricsClient("127.0.0.1", listener.addr.port);
  const call = assertRejects(() => client.get("k"), ClientSocketError);
  const conn = await listener.accept();
  await conn.read(new Uint8Array(100));
  client.close();
  client.close();
  await within(call, "the end of the call");
  await assertRejects(() => client.get("k"), ClientSocketError, "closed");
  const another = new MetricsClient("127.0.0.1", listener.addr.port);
  const early = assertRejects(() => another.get("k"), ClientSocketError, "the client was closed");
  another.close();
  await within(early, "the end of a call that was not sent yet");
  conn.close();
  (await listener.accept()).close();
  listener.close();
});

Deno.test("MetricsClient makes a call again when the kept connection ended before the reply", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for (const replies of [1, 1]) {
      const conn = await listener.accept();
      for (let count = 0; count < replies; count++) {
        await conn.read(new Uint8Array(1_000));
        await say(conn, "ok\n\n");
      }
      // The next command gets no reply.
      await conn.read(new Uint8Array(1_000));
      conn.close();
    }
  })();
  const client = new MetricsClient("127.0.0.1", listener.addr.port);
  assertEquals(await client.get("k"), new Map());
  assertEquals(await within(client.get("k"), "the reply over a new connection"), new Map());
  client.close();
  await serving;
  listener.close();
});
