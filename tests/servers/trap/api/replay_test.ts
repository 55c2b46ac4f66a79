import { createHash } from "node:crypto";
import { assertEquals, assertMatch, assertObjectMatch } from "@std/assert";
import type { ResponseRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { bytesOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { test } from "../asked_trap.ts";
import { sha256, withTrap } from "../trap_fixture.ts";
import { withTarget } from "./replay_target.ts";

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

Deno.test("a replayed JSON request of Twilio gets the hash of its new content", async () => {
  const secrets = [["twilio", "token"]] as const;
  await withTrap({ replaysToPrivate: true, options: { secrets } }, async (trap) => {
    const head = "POST /sms?bodySHA256=00&a=1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const fields = "X-Twilio-Signature: AAAA\r\nContent-Length: 2\r\nConnection: close\r\n";
    await exchange(trap.port, `${head}${fields}\r\n{}`);
    const { id } = (await trap.records(1))[0]!;
    const call = { url: `http://127.0.0.1:${trap.port}`, body: '{"a":2}' };
    await trap.json(`/api/requests/${id}/replay`, { method: "POST", body: JSON.stringify(call) });
    const second = (await trap.records(2))[1]!;
    const hash = createHash("sha256").update(call.body).digest("hex");
    assertEquals([second.target, second.signature?.verdict], [`/sms?bodySHA256=${hash}&a=1`, "valid"]);
  });
});
