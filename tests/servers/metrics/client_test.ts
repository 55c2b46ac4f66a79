import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConnectionError } from "../../../src/net/connection.ts";
import { MetricsClient, type MetricsClientOptions } from "../../../src/servers/metrics/client.ts";
import {
  ClientError,
  ClientProtocolError,
  ClientSocketError,
} from "../../../src/servers/metrics/client_errors.ts";
import { ReplyReader } from "../../../src/servers/metrics/reply_reader.ts";
import { runServer } from "../../../src/servers/metrics/run_server.ts";
import { within } from "../../support/deadline.ts";
import { bytesOf } from "../../support/latin1.ts";

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

// A server that reads one command and then does as it is told.
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

Deno.test("MetricsClient.put() takes the present second where no timestamp is given", () =>
  withClient(async (client) => {
    await client.put("k", 1);
    assertEquals(await client.get("k"), new Map([["k", [[1_700_000_000, 1]]]]));
  }, { now: () => 1_700_000_000_900 }));

Deno.test("MetricsClient sends calls that are made together at once and matches the replies", () =>
  withClient(async (client) => {
    const puts = Array.from(
      { length: 100 },
      (_, index) => client.put(`k${index % 5}`, index, { timestamp: index }),
    );
    const [all] = await Promise.all([client.get("k3"), ...puts]);
    assertEquals(all.get("k3")?.length, 20);
  }));

Deno.test("MetricsClient rejects with ClientProtocolError what the server refuses, and goes on", () =>
  withClient(async (client) => {
    const key = "k".repeat(70_000);
    const error = await assertRejects(() => client.put(key, 1, { timestamp: 1 }), ClientProtocolError);
    assert(error instanceof ClientError);
    assertEquals((error as Error).message, 'Cannot put: the server says "wrong command"');
    for (let index = 0; index < 5; index++) await client.put(`k${index}`, 1, { timestamp: 1 });
    await assertRejects(() => client.put("k5", 1, { timestamp: 1 }), ClientProtocolError, "too many series");
    await client.put("k4", 1, { timestamp: 2 });
  }));

Deno.test("MetricsClient sends no key that is none: nothing can be smuggled in with it", () =>
  withClient(async (client) => {
    for (const key of ["", "a b", "a\nput b 1 1", "a\u2028", "\ud800"]) {
      await assertRejects(() => client.get(key), ClientProtocolError, "Cannot get");
      await assertRejects(() => client.put(key, 1, { timestamp: 1 }), ClientProtocolError, "Cannot put");
    }
    await assertRejects(() => client.put("*", 1, { timestamp: 1 }), ClientProtocolError, "stands for all");
    assertEquals(await client.get("*"), new Map());
  }));

// What a caller without types may give.
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

Deno.test("MetricsClient.put() sends nothing that is no key, no number or no whole second", () =>
  withClient(async (client) => {
    const put = client.put.bind(client) as (...words: unknown[]) => Promise<void>;
    for (const [key, value, timestamp] of NO_PUTS) {
      await assertRejects(() => put(key, value, { timestamp }), ClientProtocolError, "Cannot put: expected");
    }
    assertEquals(await client.get("*"), new Map());
  }));

Deno.test("MetricsClient takes a time for calls above 0, and waits for ever with the longest", async () => {
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

Deno.test("MetricsClient rejects with ClientSocketError when the server closes instead of answering", () =>
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
  ["a row with a key that is none", "ok\nk\u00a0y 1.0 1\n\n"],
  ["a line without end", `ok\n${"x".repeat(70_000)}\n\n`],
];

for (const [name, reply] of BAD_REPLIES) {
  Deno.test(`MetricsClient rejects with ClientProtocolError ${name} in a reply`, () =>
    withPeer((conn) => say(conn, reply), async (client) => {
      await assertRejects(() => client.get("k"), ClientProtocolError, "Cannot read a reply");
    }));
}

Deno.test("MetricsClient drops a connection on which something comes that nobody asked for", async () => {
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

Deno.test("MetricsClient.close() ends calls under way, and later ones, with ClientSocketError", async () => {
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

Deno.test("ReplyReader reads replies however they are split", () => {
  const bytes = bytesOf("ok\n\nok\na 1.0 1\nb 2.5 -2\n\nerror\nwrong command\n\nok\n\n");
  const expected = [
    { kind: "ok", rows: new Map() },
    { kind: "ok", rows: new Map([["a", [[1, 1]]], ["b", [[-2, 2.5]]]]) },
    { kind: "error", reason: "wrong command" },
    { kind: "ok", rows: new Map() },
  ];
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new ReplyReader();
    assertEquals([...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut))], expected);
  }
});
