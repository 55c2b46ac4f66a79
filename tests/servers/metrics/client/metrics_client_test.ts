import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConnectionError } from "../../../../src/net/connection.ts";
import {
  MetricsClient,
  type MetricsClientOptions,
} from "../../../../src/servers/metrics/client/metrics_client.ts";
import {
  ClientError,
  ClientProtocolError,
  ClientSocketError,
} from "../../../../src/servers/metrics/client/client_errors.ts";
import { ReplyReader, type ReplyTarget } from "../../../../src/servers/metrics/client/reply_reader.ts";
import { runServer } from "../../../../src/servers/metrics/run_server.ts";
import { settle, within } from "../../../support/deadline.ts";
import { bytesOf } from "../../../support/latin1.ts";

async function withClient(
  run: (client: MetricsClient) => Promise<void>,
  options: MetricsClientOptions = {},
): Promise<void> {
  const server = await runServer("127.0.0.1", 0, { maxSeries: 5 });
  const client = new MetricsClient("127.0.0.1", server.address.port, options);
  try {
    await within(run(client), "the client");
  } finally {
    client.close();
    await server.close();
  }
}

// A server that reads one command and then follows its instructions.
async function withPeer(
  act: (conn: Deno.TcpConn) => Promise<void>,
  run: (client: MetricsClient) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const conn = await listener.accept();
    await conn.read(new Uint8Array(1_000));
    await act(conn);
    while (await conn.read(new Uint8Array(1_000)).catch(() => null) !== null);
    conn.close();
  })();
  const client = new MetricsClient("127.0.0.1", listener.addr.port, { timeoutMs: 10_000 });
  await within(run(client), "the client");
  client.close();
  await serving;
  listener.close();
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

// False if a write still waits after many turns of the loop.
async function settled(writing: Promise<void>): Promise<boolean> {
  let isDone = false;
  writing.then(() => isDone = true, () => isDone = true);
  for (let turn = 0; turn < 50 && !isDone; turn++) await settle();
  return isDone;
}

async function say(conn: Deno.TcpConn, text: string): Promise<void> {
  await conn.write(new TextEncoder().encode(text));
}

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

Deno.test("MetricsClient rejects with ClientSocketError when nobody listens", async () => {
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

Deno.test("MetricsClient drops a connection that brings bytes nobody asked for", async () => {
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

Deno.test("ReplyReader reads replies in every split", () => {
  const bytes = bytesOf("ok\n\nok\na 1.0 1\nb 2.5 -2\n\nerror\nwrong command\n\nok\n\n");
  const expected = ["end", "a 1.0 1", "b 2.5 -2", "end", "refused: wrong command", "end"];
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new ReplyReader();
    const told: string[] = [];
    const target: ReplyTarget = {
      addRow: (line) => void told.push(new TextDecoder().decode(line)),
      finish: () => void told.push("end"),
      refuse: (reason) => void told.push(`refused: ${reason}`),
    };
    const waiting = [target, target, target, target];
    reader.push(bytes.subarray(0, cut), waiting);
    reader.push(bytes.subarray(cut), waiting);
    assertEquals([told, waiting.length], [expected, 0]);
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
