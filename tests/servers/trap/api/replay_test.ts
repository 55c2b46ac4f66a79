import { assertEquals, assertMatch, assertObjectMatch } from "@std/assert";
import { Replayer, type ReplayOptions } from "../../../../src/servers/trap/api/replay.ts";
import { readReplayRequest } from "../../../../src/servers/trap/api/replay_request.ts";
import { Journal } from "../../../../src/servers/trap/capture/journal.ts";
import { createSystemMicroClock } from "../../../../src/servers/trap/records/micro_clock.ts";
import type { ResponseRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { RequestStore } from "../../../../src/servers/trap/store/request_store.ts";
import { SignatureChecker } from "../../../../src/servers/trap/signatures/signature_checker.ts";
import type { HttpError } from "../../../../src/http/errors.ts";
import { type Connection, ConnectionError } from "../../../../src/net/connection.ts";
import { connect, listen } from "../../../../src/net/listen.ts";
import { WireBytes } from "../../../../src/servers/trap/records/wire_bytes.ts";
import { StoredRequest } from "../../../../src/servers/trap/records/stored_request.ts";
import { within } from "../../../support/deadline.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { storedRequest } from "../stored_requests.ts";
import { test } from "../asked_trap.ts";
import { sha256, withTrap } from "../trap_fixture.ts";

/** A server that takes one connection, reads some bytes and sends others. @returns what it has read */
async function withTarget(
  response: string,
  test: (port: number) => Promise<void>,
): Promise<string> {
  const listener = await listen({ port: 0 });
  const received = (async () => {
    const connection = await listener.accept();
    if (connection === null) return "";
    const buffer = new Uint8Array(65_536);
    const count = await connection.read(buffer);
    await connection.write(bytesOf(response));
    await connection.closeWrite();
    // Until the client has read it.
    while (await connection.read(buffer.subarray(count ?? 0)).catch(() => null) !== null);
    connection.close();
    return textOf(buffer.subarray(0, count ?? 0));
  })();
  try {
    await test(listener.address.port);
  } finally {
    listener.close();
  }
  return await within(received, "the end of the target's connection");
}

function post(url: unknown): RequestInit {
  return { method: "POST", body: JSON.stringify({ url }) };
}

test("POST /api/requests/<id>/replay sends the original bytes, and gives the response", async (withTrap) => {
  const sent =
    "POST /api HTTP/1.1\r\nhOsT:  a\r\nX: \xe4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
    "2;x=y\r\nhi\r\n0\r\nT: 1\r\n\r\n";
  await withTrap({ replaysToPrivate: true }, async (trap) => {
    await exchange(trap.port, bytesOf(sent));
    const [found] = await trap.records(1);
    const response =
      "HTTP/1.1 201 Made\r\nX: 1\r\nx:2 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    const received = await withTarget(response, async (port) => {
      const result = await trap.json<ResponseRecord>(
        `/api/requests/${found!.id}/replay`,
        post(`http://127.0.0.1:${port}`),
      );
      assertObjectMatch(result, {
        status: 201,
        headers: [["X", "1"], ["x", "2"], ["Transfer-Encoding", "chunked"]],
        bodyBytes: 5,
        wireBytes: response.length,
        sha256: sha256("abcde"),
        end: "complete",
      });
    });
    assertEquals(received, sent);
  });
});

test("replay to the trap itself makes a record of the same bytes", async (withTrap) => {
  await withTrap({ replaysToPrivate: true }, async (trap) => {
    await exchange(trap.port, "nonsense\r\nand more");
    const [first] = await trap.records(1);
    const path = `/api/requests/${first!.id}/replay`;
    const result = await trap.json<{ status: number }>(path, post(`http://localhost:${trap.port}/`));
    assertEquals(result.status, 200);
    const [, second] = await trap.records(2);
    assertEquals([second!.sha256, second!.malformed], [first!.sha256, first!.malformed]);
  });
});

Deno.test("replay refuses private and loopback addresses unless they are allowed, by any name", async () => {
  await withTrap({}, async (trap) => {
    await exchange(trap.port, "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const [found] = await trap.records(1);
    const path = `/api/requests/${found!.id}/replay`;
    const hosts = [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "0.0.0.0",
      "127.1",
      "2130706433",
      "0x7f.1",
      "[::ffff:127.0.0.1]",
    ];
    for (const host of [...hosts, "169.254.169.254", "10.0.0.1"]) {
      const refused = await trap.call(path, post(`http://${host}:${trap.port}`));
      assertEquals(refused.status, 403, host);
      assertMatch((await refused.json()).error, /--replay-private/);
    }
    assertEquals((await trap.records(1)).length, 1);
  });
});

test("replay reaches this machine when page and trap are on loopback, and no private address", async (withTrap) => {
  await withTrap({ options: { replayReach: "loopback" } }, async (trap) => {
    await exchange(trap.port, "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const [found] = await trap.records(1);
    const path = `/api/requests/${found!.id}/replay`;
    const replayed = await trap.call(path, post(`http://127.0.0.1:${trap.port}`));
    assertEquals(replayed.status, 200);
    await replayed.body?.cancel();
    for (const host of ["169.254.169.254", "10.0.0.1", "0.0.0.0"]) {
      const refused = await trap.call(path, post(`http://${host}:${trap.port}`));
      assertEquals(refused.status, 403, host);
      await refused.body?.cancel();
    }
  });
});

test("replay refuses a malformed URL, and a request that is not stored", async (withTrap) => {
  await withTrap({ replaysToPrivate: true }, async (trap) => {
    await exchange(trap.port, "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const [found] = await trap.records(1);
    const path = `/api/requests/${found!.id}/replay`;
    const urls = [
      "",
      "a",
      "ftp://a",
      "http://",
      "http://a/#b",
      "http://u@a",
      5,
      null,
      undefined,
    ];
    for (const url of urls) {
      const refused = await trap.call(path, post(url));
      assertEquals([refused.status, typeof (await refused.json()).error], [400, "string"], String(url));
    }
    for (const body of ["", "{", "5", "null"]) {
      const refused = await trap.call(path, { method: "POST", body });
      assertEquals(refused.status, 400, body);
      await refused.body?.cancel();
    }
    const unknown = await trap.call("/api/requests/none/replay", post("http://127.0.0.1:1"));
    assertEquals(unknown.status, 404);
    await unknown.body?.cancel();
  });
});

Deno.test("replay with changes corrects Host and Content-Length, and keeps the response with the request", async () => {
  await withTrap({ replaysToPrivate: true }, async (trap) => {
    const sent = "POST /hook?a=1 HTTP/1.1\r\nHost: old.test\r\nX-A: 1\r\nX-B: 2\r\nConnection: close\r\n" +
      "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    await exchange(trap.port, sent);
    const { id } = (await trap.records(1))[0]!;
    const replay = async (call: (port: number) => unknown): Promise<string> =>
      await withTarget("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", async (port) => {
        const options = { method: "POST", body: JSON.stringify(call(port)) };
        const { status } = await trap.json<ResponseRecord>(`/api/requests/${id}/replay`, options);
        assertEquals(status, 200);
      });
    assertMatch(
      await replay((port) => ({ url: `http://127.0.0.1:${port}/new?b=2` })),
      /^POST \/new\?b=2 HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 2\r\n\r\nhi$/,
    );
    assertMatch(
      await replay((port) => ({
        url: `http://127.0.0.1:${port}`,
        method: "PUT",
        path: "/p",
        headers: { "x-a": null, "X-B": "3", "X-C": ["4", "5"] },
        body: "hello",
      })),
      /^PUT \/p HTTP\/1\.1\r\nHost: \S+\r\nX-B: 3\r\nX-C: 4\r\nX-C: 5\r\nContent-Length: 5\r\n\r\nhello$/,
    );
    const [record] = await trap.records(1);
    assertEquals(record!.replays?.map(({ method, exact }) => [method, exact]), [["POST", false], [
      "PUT",
      false,
    ]]);
    assertEquals([record!.response?.kind, record!.response?.bodyBytes], ["replayed", 2]);
    assertEquals(await (await trap.call(`/api/requests/${id}/response/body`)).text(), "ok");
    assertEquals(await (await trap.call(`/api/requests/${id}/response/body?replay=0`)).text(), "ok");
  });
});

Deno.test("replay refuses members that it would ignore", async () => {
  await withTrap({ replaysToPrivate: true }, async (trap) => {
    await exchange(trap.port, "GET /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const { id } = (await trap.records(1))[0]!;
    const url = "http://127.0.0.1:1";
    const rows = [
      { url, bdy: "x" },
      { url, exact: true, body: "x" },
      { url: `${url}/x`, exact: true },
      { url: `${url}/x`, path: "/y" },
      { url, method: "G T" },
      { url, path: "x" },
      { url, headers: { "a b": "c" } },
      { url, body: 5 },
      { url, exact: 1 },
    ];
    for (const call of rows) {
      const options = { method: "POST", body: JSON.stringify(call) };
      const refused = await trap.call(`/api/requests/${id}/replay`, options);
      assertEquals(
        [refused.status, typeof (await refused.json()).error],
        [400, "string"],
        JSON.stringify(call),
      );
    }
  });
});

Deno.test("a replayed request is signed again", async () => {
  const secrets = [["shopify", "shh"]] as const;
  await withTrap({ replaysToPrivate: true, options: { secrets } }, async (trap) => {
    const sent =
      "POST / HTTP/1.1\r\nHost: a\r\nX-Shopify-Hmac-Sha256: AAAA\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    await exchange(trap.port, sent);
    const { id } = (await trap.records(1))[0]!;
    const options = { method: "POST", body: JSON.stringify({ url: `http://127.0.0.1:${trap.port}/again` }) };
    await trap.json(`/api/requests/${id}/replay`, options);
    const [first, second] = await trap.records(2);
    assertEquals([first!.signature?.verdict, second!.signature?.verdict], ["invalid", "valid"]);
  });
});

const NEVER: ReplayOptions["connect"] = () => new Promise(() => {});

function createReplayer(options: Partial<ReplayOptions>): Replayer {
  const clock = options.clock ?? new FakeClock();
  const now = createSystemMicroClock();
  return new Replayer({
    reach: "private",
    clock,
    now,
    store: new RequestStore({ maxRequests: 10, maxBytes: 2 ** 20 }),
    signatures: new SignatureChecker([], () => clock.nowMs()),
    journal: new Journal({ log: undefined, now, clock }),
    maxKeptBytes: 2 ** 20,
    connect,
    connectTls: NEVER,
    ...options,
  });
}

async function statusOf(
  options: Partial<ReplayOptions>,
  request: StoredRequest = storedRequest("1"),
  clock: FakeClock = new FakeClock(),
): Promise<number> {
  const replayer = createReplayer({ clock, connect: NEVER, ...options });
  const call = readReplayRequest({ url: "http://a.test" });
  return await replayer.replay(request, call).then(() => 0, (error: HttpError) => error.status);
}

Deno.test("Replayer checks all addresses of a name, and connects to a checked one", async () => {
  assertEquals(
    await statusOf({ reach: "public", resolve: () => Promise.resolve(["1.1.1.1", "::1"]) }),
    403,
  );
  assertEquals(await statusOf({ resolve: () => Promise.resolve([]) }), 502);
  assertEquals(await statusOf({ resolve: () => Promise.reject(new Error("no such name")) }), 502);
  const asked: string[] = [];
  const status = await statusOf({
    reach: "public",
    resolve: () => Promise.resolve(["1.1.1.1", "2606:4700:4700::1111"]),
    connect: ({ hostname, port }) => {
      asked.push(`${hostname} ${port}`);
      return Promise.reject(new ConnectionError("refused", "refused"));
    },
  });
  assertEquals([status, asked], [502, ["1.1.1.1 80"]]);
});

Deno.test("Replayer gives up after its time, and replays no request that was cut", async () => {
  const clock = new FakeClock();
  let isClosed = false;
  const silent = {
    transmit: () => {},
    receive: () => {},
    close: () => isClosed = true,
  } as unknown as Connection;
  const status = statusOf(
    { resolve: () => Promise.resolve(["1.1.1.1"]), connect: () => Promise.resolve(silent) },
    storedRequest("1"),
    clock,
  );
  await clock.advance(30_000);
  assertEquals({ status: await status, isClosed, timerCount: clock.timerCount }, {
    status: 504,
    isClosed: true,
    timerCount: 0,
  });
  const wire = new WireBytes(new Uint8Array(10), []);
  wire.limit(5);
  assertEquals(await statusOf({}, new StoredRequest(storedRequest("1").facts, wire)), 409);
});

Deno.test("Replayer reads every form of response (RFC 9112 §6.3), and refuses malformed ones", async () => {
  const rows: readonly (readonly [response: string, method: string, expected: string | number])[] = [
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more", "GET", "hi"],
    ["HTTP/1.0 200 OK\r\n\r\nuntil the end", "GET", "until the end"],
    ["HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "GET", ""],
    ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "GET", "x"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD", ""],
    ["HTTP/1.1 204 No Content\r\n\r\n", "GET", ""],
    ["HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "GET", ""],
    ["HTTP/1.1 200 OK\r\n\r\n", "CONNECT", ""],
    ["HTTP/1.1 101 Switching Protocols\r\n\r\n", "GET", ""],
    ["HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "GET", "hi"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\nT: 1\r\n\r\n", "GET", "x"],
    ["", "GET", 502],
    ["SSH-2.0\r\n", "GET", 502],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", "GET", 502],
    ["HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi", "GET", 502],
    ["HTTP/1.1 200 OK\r\nno field\r\n\r\n", "GET", 502],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET", 502],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}\r\n\r\n`, "GET", 502],
  ];
  const replayer = createReplayer({});
  for (const [response, method, expected] of rows) {
    await withTarget(response, async (port) => {
      const request = storedRequest("1", "", { method });
      const result = await replayer.replay(request, readReplayRequest({ url: `http://127.0.0.1:${port}` }))
        .then(
          ({ bodyBytes, sha256 }) => [bodyBytes, sha256],
          (error: HttpError) => error.status,
        );
      const wanted = typeof expected === "number" ? expected : [expected.length, sha256(expected)];
      assertEquals(result, wanted, response.slice(0, 80));
    });
  }
});
