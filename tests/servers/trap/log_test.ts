import { assert, assertEquals, assertMatch } from "@std/assert";
import { bytesOf } from "../../support/latin1.ts";
import { connectRaw, exchange } from "../../support/loopback.ts";
import { withTrap } from "./trap_fixture.ts";

const END = "Host: a\r\nConnection: close\r\n\r\n";
const ID = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z-[0-9a-z]{5}$/;
// The last line of a request in the log, besides the text of its chain.
const DETAIL = /; \d+ bytes?.* in [\d.]+ ms.*$/;
const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (info|error) (\S+) (trap[a-z0-9 >]*): (.*)$/;

Deno.test("one grep for an id finds all records of its request, in order, including the first and the last", async () => {
  await withTrap({}, async (trap) => {
    const sent = [
      "GET /api?a=1 HTTP/1.1\r\n" + END,
      "POST /x?invalid=1 HTTP/1.1\r\n" + END,
      "GET /api?notawaiting=1 HTTP/1.1\r\n" + END,
      "nonsense\r\n",
      "GET /api HTTP/1.1\r\nHost : a\r\n\r\n",
    ];
    await Promise.all(sent.map((text) => exchange(trap.port, text)));
    const records = await trap.records(sent.length);
    const lines = (await trap.log()).trimEnd().split("\n");
    let found = 0;
    for (const record of records) {
      assertMatch(record.id, ID);
      assert(record.id.startsWith(record.receivedAt));
      const own = lines.filter((line) => line.includes(record.id));
      found += own.length;
      assertEquals(
        own.map((line) => LINE.exec(line.replace(DETAIL, ""))!.slice(1, 5)),
        record.chain.map((
          { level, where, message },
        ) => [level, record.id, where, message.replaceAll("\r\n", "\\r\\n")]),
      );
      assertMatch(own[0]!, / trap: received /);
      assertMatch(own.at(-1)!, / trap: answered 200, /);
    }
    assertEquals(found, lines.length);
  });
});

Deno.test("an arriving request is in the log before its content is", async () => {
  await withTrap({}, async (trap) => {
    const client = await connectRaw(trap.port);
    await client.send("POST /api HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    await client.readUntil("100 Continue\r\n\r\n");
    assertMatch(
      await trap.log(),
      /^\S+ info \S+ trap: received POST \/api from 127\.0\.0\.1:\d+, no parameters\n$/,
    );
    await client.send("hi");
    await client.readUntil(" 200 OK");
    client.close();
    assertEquals((await trap.log()).match(/answered 200/g)?.length, 1);
  });
});

Deno.test("no byte of a client ends a line of the log, or moves a cursor", async () => {
  const nasty = "\x1b[2J\x07\x00\x7f\x9b\xc2\x9b\xe2\x80\xa8\xe2\x80\xa9\n";
  for (const format of ["text", "json"] as const) {
    await withTrap({ format }, async (trap) => {
      await exchange(trap.port, bytesOf(`GET /${nasty} HTTP/1.1\r\n${END}`));
      await exchange(
        trap.port,
        bytesOf(`GET /api HTTP/1.1\r\nX: ${nasty.slice(5, -1).replace("\0\x7f", "")}\r\n${END}`),
      );
      await exchange(trap.port, bytesOf(`${nasty}\r\n`));
      await exchange(trap.port, bytesOf(`GET /api?\xe2\x80\xa8=\xc2\x9b\xff HTTP/1.1\r\n${END}`));
      await trap.records(4);
      const log = await trap.log();
      // deno-lint-ignore no-control-regex -- the point of the test
      assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffd]/.test(log), JSON.stringify(log));
      for (const line of log.trimEnd().split("\n")) {
        if (format === "text") assertMatch(line, LINE);
        else assertEquals(Object.keys(JSON.parse(line)), ["time", "level", "id", "where", "message"]);
      }
    });
  }
});

Deno.test("the JSON log has the fields of the text log", async () => {
  await withTrap({ format: "json" }, async (trap) => {
    await exchange(trap.port, `POST /api?a=b HTTP/1.1\r\n${END}`);
    const [record] = await trap.records(1);
    const entries = (await trap.log()).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertMatch(entries.at(-1).message, DETAIL);
    assertEquals(
      entries.map((entry) => ({ ...entry, message: entry.message.replace(DETAIL, "") })),
      record!.chain.map(({ at, level, where, message }) => ({
        time: at,
        level,
        id: record!.id,
        where,
        message,
      })),
    );
  });
});

Deno.test("the last line of a request has its bytes, content type, time and User-Agent", async () => {
  await withTrap({ masks: ["secret"] }, async (trap) => {
    await exchange(
      trap.port,
      "POST /hook HTTP/1.1\r\nUser-Agent: curl/8\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
        `Content-Length: 12\r\n${END}a=1&secret=2`,
    );
    const log = await trap.log();
    assertMatch(log, /: content a=1&secret=\*\*\*\n/);
    assertMatch(
      log,
      / trap: answered 200, complete, 2 errors; 12 bytes of application\/x-www-form-urlencoded in [\d.]+ ms from curl\/8\n/,
    );
    const [record] = await trap.records(1);
    assertEquals(record!.chain.at(-1)!.message, "answered 200, complete, 2 errors");
  });
});

Deno.test("the log names the preface of HTTP/2, and has no double space for an unreadable part", async () => {
  await withTrap({}, async (trap) => {
    await exchange(trap.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    await exchange(trap.port, "GET  HTTP/1.1\r\n\r\n");
    const log = await trap.log();
    assertMatch(log, /: received from 127\.0\.0\.1:\d+: the preface of HTTP\/2, which is not spoken here\n/);
    assertEquals(log.includes("  "), false, log);
  });
});

Deno.test("evictions and deletions are in the log", async () => {
  await withTrap({ keep: 1 }, async (trap) => {
    const sent = `GET /api HTTP/1.1\r\n${END}`;
    await exchange(trap.port, sent);
    await exchange(trap.port, sent);
    const id = (await trap.records(1))[0]!.id;
    await trap.call(`/api/requests/${id}`, { method: "DELETE" });
    await trap.call("/api/requests", { method: "DELETE" });
    const log = await trap.log();
    assertMatch(log, / info - trap: evicted the oldest request: there is no more room for them\n/);
    assertMatch(log, new RegExp(` info ${id} trap: deleted\n`));
    assertMatch(log, / info - trap: deleted all requests\n$/);
  });
});

Deno.test("ids have one length and sort in the order of the requests", async () => {
  await withTrap({}, async (trap) => {
    const client = await connectRaw(trap.port);
    await client.send("GET /api HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200) + "GET /api HTTP/1.1\r\n" + END);
    const responses = await client.readAll();
    client.close();
    const ids = Array.from(responses.matchAll(/^X-Request-Id: (.*)\r$/gm), ([, id]) => id!);
    assertEquals(ids.length, 201);
    assertEquals(new Set(ids).size, 201);
    assertEquals(ids, ids.toSorted());
    assert(ids.every((id) => ID.test(id) && id.length === ids[0]!.length));
    assertEquals((await trap.records(201)).map(({ id }) => id), ids);
  });
});
