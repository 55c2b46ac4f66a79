import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { StoredRequest } from "../../../src/servers/trap/records/stored_request.ts";
import { within } from "../../support/deadline.ts";
import { textOf } from "../../support/latin1.ts";
import { connectRaw, exchange, exchangeWithEnd } from "../../support/loopback.ts";
import { connectResetting } from "../../support/resetting_client.ts";
import { test } from "./asked_trap.ts";
import { chainOf, sha256, type Trap, withTrap } from "./trap_fixture.ts";

const HEAD = "GET /api HTTP/1.1\r\nHost: a\r\n";
const BODY_HEAD = "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";

/** Waits until more bytes have been added to a request. */
async function nextChange(trap: Trap): Promise<StoredRequest> {
  const { promise, resolve } = Promise.withResolvers<StoredRequest>();
  trap.store.listen({ added: () => {}, changed: resolve, removed: () => {}, cleared: () => {} });
  return await within(promise, "more bytes");
}

Deno.test("a head or content cut off by a reset is aborted, and its bytes are kept", async () => {
  for (const sent of ["G", "GET /api?x=1 HT", HEAD, HEAD + "Coo", BODY_HEAD + "abc"]) {
    await withTrap({}, async (trap) => {
      const client = await connectResetting(trap.port);
      await client.send(sent);
      // The server has read it when it has responded to a later request.
      await exchange(trap.port, HEAD + "Connection: close\r\n\r\n");
      await client.reset();
      const records = await trap.records(2);
      const found = records.find(({ remote }) => remote === `127.0.0.1:${client.port}`)!;
      assertEquals([found.end, found.verdict, found.sha256], ["aborted", "error", sha256(sent)], sent);
      if (sent.startsWith(HEAD)) assertEquals([found.method, found.target], ["GET", "/api"]);
      if (sent.endsWith("Coo")) assertEquals(found.headers, [["Host", "a"]]);
      assertEquals(found.bodyBytes, sent.endsWith("abc") ? 3 : 0);
      const lines = (await trap.log()).split("\n").filter((line) => line.includes(found.id));
      assertMatch(lines[0]!, / trap: received /);
      assertMatch(lines.at(-1)!, / trap: (not answered|answered 200), aborted, \d error/);
    });
  }
});

test("a head or content cut off by FIN is aborted, and gets 200", async (withTrap) => {
  for (const sent of ["G", HEAD, BODY_HEAD, BODY_HEAD + "abc"]) {
    await withTrap({}, async (trap) => {
      const client = await connectRaw(trap.port);
      await client.send(sent);
      await client.end();
      assertMatch(await client.readAll(), /^HTTP\/1\.1 200 OK\r\n/);
      client.close();
      const [found] = await trap.records(1);
      assertEquals([found!.end, found!.sha256], ["aborted", sha256(sent)], sent);
    });
  }
});

Deno.test("a connection without a byte leaves no record", async () => {
  await withTrap({ limits: { idleTimeoutMs: 50 } }, async (trap) => {
    const resetting = await connectResetting(trap.port);
    await resetting.reset();
    const ending = await connectRaw(trap.port);
    await ending.end();
    assertEquals(await ending.readAll(), "");
    ending.close();
    // The server closes this one.
    assertEquals(await exchange(trap.port, ""), "");
    assertEquals((await trap.records(0)).length, 0);
    assertEquals(await trap.log(), "");
  });
});

test("empty lines alone are an abandoned request", async (withTrap) => {
  await withTrap({}, async (trap) => {
    const client = await connectRaw(trap.port);
    await client.send("\r\n\r\n");
    await client.end();
    assertEquals(await client.readAll(), "");
    client.close();
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.wireBytes, found!.method], ["aborted", 4, ""]);
  });
});

test("empty lines and then nothing until the idle time-out are a time-out", async (withTrap) => {
  // The bytes must be read within this time, on a busy machine too.
  const limits = { idleTimeoutMs: 2_000 };
  const timesOut = (sent: string): Promise<void> =>
    withTrap({ limits }, async (trap) => {
      assertEquals(await exchange(trap.port, sent), "");
      const [found] = await trap.records(1);
      assertEquals([found!.end, found!.sha256], ["timeout", sha256(sent)]);
      assertEquals(chainOf(found!).slice(1), [
        `error trap: no request came in time: the connection was idle after ${sent.length} bytes`,
        "info trap: not answered, timeout, 1 error",
      ]);
    });
  await Promise.all(["\r\n", "\r\n\r\n"].map(timesOut));
});

Deno.test("empty lines on a connection that the server closes because it stops are not a time-out", async () => {
  await withTrap({}, async (trap) => {
    const client = await connectRaw(trap.port);
    await client.send("\r\n");
    // The server has read it when it has responded to a later request.
    await exchange(trap.port, HEAD + "Connection: close\r\n\r\n");
    await trap.stop();
    client.close();
    assertEquals((await trap.records(2)).map(({ end }) => end), ["complete", "aborted"]);
  });
});

test("a head or content that does not come in time is a time-out, and gets 200", async (withTrap) => {
  const limits = { headTimeoutMs: 60, bodyTimeoutMs: 60 };
  for (const sent of [HEAD, BODY_HEAD + "abc"]) {
    await withTrap({ limits }, async (trap) => {
      const response = await exchange(trap.port, sent);
      const [found] = await trap.records(1);
      assertMatch(response, /^HTTP\/1\.1 200 OK\r\n/);
      assert(response.includes(found!.id));
      assertEquals([found!.end, found!.sha256], ["timeout", sha256(sent)]);
    });
  }
});

test("a connection that is kept alive and then closed, by either side, leaves no further record", async (withTrap) => {
  const endsQuietly = (exchangeBoth: typeof exchange): Promise<void> =>
    withTrap({ limits: { idleTimeoutMs: 2_000 } }, async (trap) => {
      const response = await exchangeBoth(trap.port, HEAD + "\r\n" + HEAD + "\r\n");
      assertEquals(response.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
      const [first, second] = await trap.records(2);
      assertEquals([first!.sha256, second!.sha256], [sha256(HEAD + "\r\n"), sha256(HEAD + "\r\n")]);
      assertNotEquals(first!.id, second!.id);
    });
  await Promise.all([exchange, exchangeWithEnd].map(endsQuietly));
});

test("an empty line after content belongs to its request when no other follows (RFC 9112 §2.2)", async (withTrap) => {
  const sent = "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\r\n";
  await withTrap({}, async (trap) => {
    await exchangeWithEnd(trap.port, sent);
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.bodyBytes, found!.sha256], ["complete", 2, sha256(sent)]);
    const body = await trap.call(`/api/requests/${found!.id}/body`);
    assertEquals(await body.text(), "hi");
  });
});

Deno.test("bytes after a request that ends the connection are kept with it (RFC 9112 §9.6)", async () => {
  await withTrap({}, async (trap) => {
    const sent = HEAD + "Connection: close\r\n\r\n";
    const client = await connectRaw(trap.port);
    await client.send(sent + "GET /second");
    await client.readAll();
    const changed = nextChange(trap);
    await client.send(" HTTP/1.1\r\n");
    await client.end();
    const request = await changed;
    client.close();
    assertEquals(textOf(request.wire.kept), sent + "GET /second HTTP/1.1\r\n");
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.target, found!.verdict], ["complete", "/api", "ok"]);
    assertEquals(found!.chain.at(-1)!.message, "22 more bytes came behind it");
    assertMatch((await trap.log()).trimEnd().split("\n").at(-1)!, new RegExp(found!.id));
  });
});

Deno.test("bytes that come long after a fault are added to the existing record", async () => {
  await withTrap({}, async (trap) => {
    const client = await connectRaw(trap.port);
    await client.send("nonsense\r\nmore");
    await client.readAll();
    assertEquals((await trap.records(1))[0]!.sha256, sha256("nonsense\r\nmore"));
    const changed = nextChange(trap);
    await client.send(" and more");
    client.close();
    await changed;
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.sha256], ["malformed", sha256("nonsense\r\nmore and more")]);
    assertEquals(found!.malformed!.offset, 8);
    assertMatch(found!.malformed!.rule, /^not-http: Cannot read the connection as HTTP/);
  });
});

test("the offset of a fault counts from the first byte of its own request", async (withTrap) => {
  const good = HEAD + "\r\n";
  const bad = "GET /api HTTP/1.1\r\nHost : a\r\n\r\n";
  await withTrap({}, async (trap) => {
    await exchange(trap.port, good + bad);
    const [first, second] = await trap.records(2);
    assertEquals([first!.end, first!.sha256], ["complete", sha256(good)]);
    assertEquals([second!.end, second!.sha256, second!.malformed!.offset], ["malformed", sha256(bad), 23]);
    assertEquals([second!.method, second!.target], ["GET", "/api"]);
  });
});

test("a fault in content keeps head and content before it (RFC 9112 §7.1)", async (withTrap) => {
  const sent = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nZZ\r\nrest";
  await withTrap({}, async (trap) => {
    await exchange(trap.port, sent);
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.bodyBytes, found!.sha256], ["malformed", 2, sha256(sent)]);
    assertEquals([found!.method, found!.headers.length], ["POST", 2]);
    assertEquals(found!.errors.length, 3);
    assertEquals(await (await trap.call(`/api/requests/${found!.id}/body`)).text(), "hi");
  });
});

test("an unknown expectation is an error of a complete request (RFC 9110 §10.1.1)", async (withTrap) => {
  const sent = "GET /api HTTP/1.1\r\nHost: a\r\nExpect: the-unexpected\r\n\r\n";
  await withTrap({}, async (trap) => {
    assertMatch(await exchange(trap.port, sent), /^HTTP\/1\.1 200 OK\r\n/);
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.errors.length, found!.sha256], ["complete", 1, sha256(sent)]);
  });
});

test("a request that comes byte by byte is kept with the time of each piece", async (withTrap) => {
  await withTrap({}, async (trap) => {
    const client = await connectRaw(trap.port);
    const pieces = ["GET /api HT", "TP/1.1\r\nHost: a\r\n", "Content-Length: 3\r\n\r\na", "bc"];
    let expected = 0;
    for (const piece of pieces) {
      await client.send(piece);
      expected += piece.length;
      // The server has read it when another, later request has its response.
      await exchange(trap.port, HEAD + "Connection: close\r\n\r\n");
    }
    await client.readUntil("\r\n\r\n");
    client.close();
    const found = (await trap.records(5)).find(({ bodyBytes }) => bodyBytes === 3)!;
    assertEquals([found.wireBytes, found.sha256], [expected, sha256(pieces.join(""))]);
    assertEquals(found.pieces.map(({ bytes }) => bytes), pieces.map(({ length }) => length));
    assertEquals(found.pieces.map(({ at }) => at), found.pieces.map(({ at }) => at).toSorted());
  });
});
