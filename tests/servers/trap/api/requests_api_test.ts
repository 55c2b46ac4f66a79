import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RequestRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { test } from "../asked_trap.ts";
import { type AskedTrap, sha256, withTrap } from "../trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";

interface List {
  readonly requests: readonly RequestRecord[];
}

async function send(trap: AskedTrap, line: string, content: string = ""): Promise<void> {
  const length = content === "" ? "" : `Content-Length: ${content.length}\r\n`;
  await exchange(trap.port, bytesOf(`${line} HTTP/1.1\r\n${length}${END}${content}`));
}

test("GET /api/requests/<id> has every part of the request as it was sent", async (withTrap) => {
  const sent = "POST /api?a=1&b&c=%20+&a=2 HTTP/1.1\r\nhOST: a\r\nX: 1\r\nx:  2 \r\nConnection: close\r\n" +
    "Transfer-Encoding: chunked\r\n\r\n4;e=f\r\n\x00\xff\r\n\r\n0\r\nT: \xe4\r\n\r\n";
  await withTrap({}, async (trap) => {
    await exchange(trap.port, bytesOf(sent));
    const [{ id }] = await trap.records(1) as [RequestRecord];
    const found = await trap.json<RequestRecord>(`/api/requests/${id}`);
    const { chain, pieces, receivedAt, remote, answer, ...rest } = found;
    assertEquals(rest, {
      kind: "request",
      id,
      local: `127.0.0.1:${trap.port}`,
      method: "POST",
      target: "/api?a=1&b&c=%20+&a=2",
      path: "/api",
      query: [["a", "1"], ["b", ""], ["c", "%20+"], ["a", "2"]],
      version: "1.1",
      headers: [["hOST", "a"], ["X", "1"], ["x", "2"], ["Connection", "close"], [
        "Transfer-Encoding",
        "chunked",
      ]],
      trailers: [["T", "\xe4"]],
      bodyBytes: 4,
      wireBytes: sent.length,
      sha256: sha256(sent),
      verdict: "error",
      errors: ["method is POST: expected GET"],
      fault: null,
      end: "complete",
    });
    assertMatch(remote, /^127\.0\.0\.1:\d+$/);
    assertEquals(receivedAt, id.slice(0, 27));
    assertEquals(Object.keys(chain[0]!), ["at", "level", "where", "message"]);
    assertEquals(pieces.reduce((sum, { bytes }) => sum + bytes, 0), sent.length);
    assertEquals([answer?.status, answer?.body], [200, `${id}\n`]);
    const raw = await trap.call(`/api/requests/${id.replaceAll(":", "%3A")}/raw`);
    assertEquals(textOf(await raw.bytes()), sent);
    const body = await trap.call(`/api/requests/${id}/body`);
    assertEquals(textOf(await body.bytes()), "\x00\xff\r\n");
    for (const { headers } of [raw, body]) {
      assertEquals(headers.get("content-type"), "application/octet-stream");
      assertMatch(headers.get("content-disposition")!, /^attachment; filename="[0-9TZ.a-z-]+"$/);
      assertMatch(headers.get("content-security-policy")!, /sandbox/);
      assertEquals(headers.get("x-content-type-options"), "nosniff");
    }
  });
});

test("GET /api/requests gives the newest first, filtered and in pages", async (withTrap) => {
  await withTrap({}, async (trap) => {
    for (
      const line of [
        "GET /api?n=1",
        "POST /api?n=2",
        "GET /other?n=3",
        "GET /api?n=4",
        "GET /api?n=5&invalid=1",
      ]
    ) {
      await send(trap, line);
    }
    const list = async (query: string): Promise<string[]> => {
      const { requests } = await trap.json<List>(`/api/requests?${query}`);
      return requests.map(({ query }) => query[0]![1]);
    };
    assertEquals(await list(""), ["5", "4", "3", "2", "1"]);
    assertEquals(await list("limit=2"), ["5", "4"]);
    const { requests: [, last] } = await trap.json<List>("/api/requests?limit=2");
    assertEquals(await list(`limit=2&before=${last!.id}`), ["3", "2"]);
    assertEquals(await list(`before=${encodeURIComponent(last!.id)}&path=/api`), ["2", "1"]);
    assertEquals(await list("method=POST"), ["2"]);
    assertEquals(await list("method=&path=/other&q=&level="), ["3"]);
    assertEquals(await list("level=error"), ["5", "3", "2"]);
    assertEquals(await list("level=error&method=GET&path=%2Fapi"), ["5"]);
    assertEquals(await list("before=0"), []);
    for (const query of ["limit=0", "limit=1001", "limit=x", "limit=-1", "level=loud"]) {
      const refused = await trap.call(`/api/requests?${query}`);
      assertEquals([refused.status, typeof (await refused.json()).error], [400, "string"], query);
    }
  });
});

test("q finds a text in target, fields or content, letters without case, and nowhere else", async (withTrap) => {
  await withTrap({}, async (trap) => {
    await send(trap, "GET /api?target=Needle1");
    await exchange(trap.port, `GET /api HTTP/1.1\r\nX-Needle2: neeDLE3\r\n${END}`);
    await send(trap, "POST /api", "some text with needle4 and n\xc3\xa4dle");
    await exchange(
      trap.port,
      `POST /api HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${END}4\r\nneed\r\n3\r\nle5\r\n0\r\n\r\n`,
    );
    await exchange(trap.port, "needle6 in nonsense\r\n");
    const records = await trap.records(5);
    const rows: readonly (readonly [query: string, index: number])[] = [
      ["needle1", 0],
      ["NEEDLE1", 0],
      ["needle2", 1],
      ["needle3", 1],
      ["x-needle2:%20needle3", 1],
      ["needle4", 2],
      ["with+needle", 2],
      ["n%C3%A4dle", 2],
      ["needle5", 3],
      ["needle6", 4],
    ];
    for (const [query, index] of rows) {
      const { requests } = await trap.json<List>(`/api/requests?q=${query}`);
      assertEquals(requests.map(({ id }) => id), [records[index]!.id], query);
    }
    for (const query of ["HTTP/1.1", "needle7", "4%0d%0aneed", "n%E4dle"]) {
      const { requests } = await trap.json<List>(`/api/requests?q=${query}`);
      assertEquals(requests.length, 0, query);
    }
  });
});

Deno.test("DELETE deletes one request, or all", async () => {
  await withTrap({}, async (trap) => {
    for (const n of [1, 2, 3]) await send(trap, `GET /api?n=${n}`);
    const [, second] = await trap.records(3);
    const path = `/api/requests/${second!.id}`;
    assertEquals((await trap.call(path, { method: "DELETE" })).status, 204);
    for (const gone of [path, `${path}/raw`, `${path}/body`, "/api/requests/none"]) {
      const response = await trap.call(gone);
      assertEquals([response.status, typeof (await response.json()).error], [404, "string"], gone);
    }
    const again = await trap.call(path, { method: "DELETE" });
    assertEquals(again.status, 404);
    await again.body?.cancel();
    assertEquals((await trap.records(2)).map(({ query }) => query[0]![1]), ["1", "3"]);
    assertEquals((await trap.call("/api/requests", { method: "DELETE" })).status, 204);
    assertEquals([(await trap.records(0)).length, trap.store.bytes], [0, 0]);
  });
});

test("an unknown path of the API is refused in JSON", async (withTrap) => {
  await withTrap({}, async (trap) => {
    const unknown = await trap.call("/api/unknown");
    assertEquals([unknown.status, typeof (await unknown.json()).error], [404, "string"]);
    const method = await trap.call("/api/requests", { method: "PUT" });
    assertEquals([method.status, method.headers.get("allow")], [405, "GET, HEAD, DELETE"]);
    await method.body?.cancel();
  });
});

Deno.test("--max-body-bytes cuts the kept content, and counts and hashes all of it", async () => {
  await withTrap({ maxBodyBytes: 1_000 }, async (trap) => {
    const content = "0123456789".repeat(500);
    const chunks = `7d0\r\n${content.slice(0, 2_000)}\r\nbb8;x=y\r\n${
      content.slice(2_000)
    }\r\n0\r\nT: 1\r\n\r\n`;
    const heads = ["Content-Length: 5000", "Transfer-Encoding: chunked"]
      .map((field) => `POST /api HTTP/1.1\r\n${field}\r\n${END}`);
    const sent = [
      heads[0] + content,
      heads[1] + chunks,
      `POST /api HTTP/1.1\r\nContent-Length: 1000\r\n${END}`,
    ];
    sent[2] += content.slice(0, 1_000);
    for (const text of sent) await exchange(trap.port, text);
    const records = await trap.records(3);
    for (const [index, found] of records.entries()) {
      assertEquals([found.wireBytes, found.sha256], [sent[index]!.length, sha256(sent[index]!)]);
      assertEquals(found.end, "complete");
      const body = await (await trap.call(`/api/requests/${found.id}/body`)).text();
      assertEquals(body, content.slice(0, 1_000));
    }
    assertEquals(records.map(({ bodyBytes }) => bodyBytes), [5_000, 5_000, 1_000]);
    assertEquals(records.map(({ truncated }) => truncated), [
      { keptBytes: 1_000 },
      { keptBytes: 1_000 },
      undefined,
    ]);
    assertEquals(records[1]!.trailers, [["T", "1"]]);
    const raw = await (await trap.call(`/api/requests/${records[1]!.id}/raw`)).text();
    assertEquals(raw, heads[1] + chunks.slice(0, 5 + 1_000));
    assert(trap.store.bytes < 4_000);
  });
});

test("framing of little content is also kept within bounds", async (withTrap) => {
  await withTrap({ maxBodyBytes: 10 }, async (trap) => {
    const head = `POST /api HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${END}`;
    // Leading zeros make a chunk line as long as the limit for lines allows.
    const chunk = `${"1".padStart(250, "0")}\r\nx\r\n`;
    const sent = head + chunk.repeat(1_000) + "0\r\n\r\n";
    await exchange(trap.port, sent);
    await exchange(trap.port, head.replace("/api", "/few") + chunk.repeat(3) + "0\r\n\r\n");
    const [many, few] = await trap.records(2);
    assertEquals([many!.bodyBytes, many!.sha256], [1_000, sha256(sent)]);
    assertEquals(many!.truncated, { keptBytes: 10 });
    assertEquals([few!.bodyBytes, few!.truncated], [3, undefined]);
  });
});

test("bytes after a fault are kept up to --max-body-bytes, and hashed to the end", async (withTrap) => {
  await withTrap({ maxBodyBytes: 100 }, async (trap) => {
    const sent = "nonsense\r\n" + "x".repeat(500_000);
    await exchange(trap.port, sent);
    const [found] = await trap.records(1);
    assertEquals([found!.end, found!.wireBytes, found!.sha256], ["malformed", sent.length, sha256(sent)]);
    assert(found!.truncated!.keptBytes < 70_000, `${found!.truncated!.keptBytes}`);
  });
});
