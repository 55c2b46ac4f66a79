import { assertEquals, assertMatch } from "@std/assert";
import type { RequestRecord } from "../../../../src/servers/trap/records/request_record.ts";
import { parseUpstreamUrl } from "../../../../src/servers/trap/upstream/upstream_url.ts";
import { parseRespondScript } from "../../../../src/servers/trap/rules/respond_script.ts";
import { listen } from "../../../../src/net/listen.ts";
import { within } from "../../../support/deadline.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";
import { exchange } from "../../../support/loopback.ts";
import { sha256, type Trap, type TrapSetup, withTrap } from "../trap_fixture.ts";

const END = "Host: app.test\r\nConnection: close\r\n\r\n";

/** A server that reads until it has seen a text on each connection, then sends bytes and ends. */
async function withApp(
  { until, response }: { readonly until: string; readonly response: string },
  test: (port: number) => Promise<void>,
): Promise<string> {
  const listener = await listen({ port: 0 });
  let received = "";
  const serve = (async () => {
    for await (const connection of listener) {
      const buffer = new Uint8Array(65_536);
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) break;
        received += textOf(buffer.subarray(0, count));
        if (received.includes(until)) break;
      }
      await connection.write(bytesOf(response)).catch(() => {});
      await connection.closeWrite();
      while (await connection.read(buffer).catch(() => null) !== null);
      connection.close();
    }
  })();
  try {
    await test(listener.address.port);
  } finally {
    listener.close();
    await within(serve, "the end of the app");
  }
  return received;
}

function forwardTo(port: number, setup: TrapSetup = {}): TrapSetup {
  return { ...setup, options: { forwardTo: parseUpstreamUrl(`http://127.0.0.1:${port}`), ...setup.options } };
}

async function responseBytes(trap: Trap, { id }: RequestRecord, what: "raw" | "body"): Promise<string> {
  return textOf(await (await trap.call(`/api/requests/${id}/response/${what}`)).bytes());
}

Deno.test("--forward hands a request on without the fields of its connection, and keeps both sides", async () => {
  const response =
    "HTTP/1.1 201 Made\r\nX-A:  1\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n";
  const received = await withApp({ until: "\r\n\r\n", response }, async (port) => {
    await withTrap(forwardTo(port), async (trap) => {
      const sent =
        `GET /x?a=1 HTTP/1.1\r\nX-Mine: 1\r\nConnection: close, x-mine\r\nKeep-Alive: 1\r\nhOst: app.test\r\nX-Kept: \xe4\r\n\r\n`;
      const got = await exchange(trap.port, bytesOf(sent));
      assertMatch(got, /^HTTP\/1\.1 201 Created\r\n/);
      assertMatch(got, /\r\nX-A: 1\r\n/);
      assertEquals({ hasHopField: got.includes("X-Hop"), endsWithContent: got.endsWith("\r\n\r\nabc") }, {
        hasHopField: false,
        endsWithContent: true,
      });
      const [record] = await trap.records(1);
      const { response: kept } = record!;
      assertEquals(
        [kept?.kind, kept?.status, kept?.bodyBytes, kept?.wireBytes, kept?.end, kept?.sha256, kept?.trailers],
        ["forwarded", 201, 3, response.length, "complete", sha256("abc"), [["T", "1"]]],
      );
      assertEquals(await responseBytes(trap, record!, "raw"), response);
      assertEquals(await responseBytes(trap, record!, "body"), "abc");
      assertEquals([record!.answer, record!.fault], [undefined, null]);
      assertMatch(record!.chain.at(-1)!.message, /^answered 201, complete, /);
    });
  });
  assertEquals(received, "GET /x?a=1 HTTP/1.1\r\nhOst: app.test\r\nX-Kept: \xe4\r\n\r\n");
});

Deno.test("--forward streams content, in chunks too, and content beyond the kept part", async () => {
  const content = "x".repeat(100_000);
  const response = `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
  const received = await withApp({ until: "\r\n0\r\nT: 1\r\n\r\n", response }, async (port) => {
    await withTrap(forwardTo(port, { maxBodyBytes: 1_000 }), async (trap) => {
      const sent = `POST /up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${END}5;a=b\r\nhello\r\n` +
        `${content.length.toString(16)}\r\n${content}\r\n0\r\nT: 1\r\n\r\n`;
      const got = await exchange(trap.port, sent);
      assertEquals(got.endsWith(`\r\n\r\n${content}`), true);
      const [record] = await trap.records(1);
      assertEquals([record!.bodyBytes, record!.fault], [content.length + 5, "cut"]);
      assertEquals(
        [record!.response?.bodyBytes, record!.response?.truncated?.keptBytes, record!.response?.sha256],
        [content.length, 1_000, sha256(content)],
      );
    });
  });
  assertMatch(received, /^POST \/up HTTP\/1\.1\r\nHost: app\.test\r\nTransfer-Encoding: chunked\r\n\r\n/);
  assertEquals(received.match(/x/g)!.length, content.length);
});

Deno.test("--forward responds 502 and says why when no server listens, or when the server breaks the protocol", async () => {
  const listener = await listen({ port: 0 });
  const { port } = listener.address;
  listener.close();
  await withTrap(forwardTo(port), async (trap) => {
    const got = await exchange(trap.port, `GET / HTTP/1.1\r\n${END}`);
    assertMatch(
      got,
      /^HTTP\/1\.1 502 [^]*\r\n\r\nCannot forward the request: Cannot connect to 127\.0\.0\.1:/,
    );
    const [record] = await trap.records(1);
    assertEquals([record!.response?.status, record!.response?.end], [502, "unreachable"]);
    assertMatch(record!.response!.reason!, /Cannot connect/);
  });
  const rows = [
    ["SSH-2.0-x\r\n", "malformed", 0, "status line"],
    ["HTTP/1.1 200 OK\r\nno field\r\n\r\n", "malformed", 17, "field"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed", 64, "both"],
    ["", "aborted", undefined, "without a response"],
  ] as const;
  for (const [response, end, offset] of rows) {
    await withApp({ until: "\r\n\r\n", response }, async (port) => {
      await withTrap(forwardTo(port), async (trap) => {
        assertMatch(await exchange(trap.port, `POST / HTTP/1.1\r\n${END}`), /^HTTP\/1\.1 502 /);
        const [record] = await trap.records(1);
        assertEquals([record!.response?.end, record!.response?.malformed?.offset], [end, offset], response);
        assertEquals(await responseBytes(trap, record!, "raw"), response);
      });
    });
  }
});

Deno.test("--forward notes bytes after a response, and content that breaks off", async () => {
  await withApp(
    { until: "\r\n\r\n", response: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more" },
    async (port) => {
      await withTrap(forwardTo(port), async (trap) => {
        assertMatch(await exchange(trap.port, `GET / HTTP/1.1\r\n${END}`), /\r\n\r\nhi$/);
        const [record] = await trap.records(1);
        assertEquals(record!.response?.malformed?.offset, 40);
      });
    },
  );
  await withApp(
    { until: "\r\n\r\n", response: "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi" },
    async (port) => {
      await withTrap(forwardTo(port), async (trap) => {
        // The client gets the bytes that came, and then the connection is cut.
        assertMatch(await exchange(trap.port, `GET / HTTP/1.1\r\n${END}`), /Content-Length: 20\r\n\r\nhi$/);
        const [record] = await trap.records(1);
        assertEquals([record!.response?.end, record!.response?.bodyBytes], ["aborted", 2]);
      });
    },
  );
});

Deno.test("--forward responds 501 to an upgrade; without it the offer is ignored", async () => {
  const offer = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n";
  await withTrap(forwardTo(9), async (trap) => {
    assertMatch(await exchange(trap.port, offer), /^HTTP\/1\.1 501 /);
    assertMatch(await exchange(trap.port, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), /^HTTP\/1\.1 501 /);
    assertEquals((await trap.records(2)).map(({ answer }) => answer?.status), [501, 501]);
  });
  await withTrap({}, async (trap) => assertMatch(await exchange(trap.port, offer), /^HTTP\/1\.1 200 /));
});

Deno.test("a rule with a response takes precedence over --forward, and one that only waits does not", async () => {
  const script = parseRespondScript(JSON.stringify([
    { path: "/own", sequence: [{ status: 418 }] },
    { path: "/slow", content: { contains: "hi" }, sequence: [{ delay_ms: 1 }] },
  ]));
  await withApp(
    { until: "hi", response: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\napp" },
    async (port) => {
      await withTrap(forwardTo(port, { script }), async (trap) => {
        assertMatch(await exchange(trap.port, `GET /own HTTP/1.1\r\n${END}`), /^HTTP\/1\.1 418 /);
        const sent = `POST /slow HTTP/1.1\r\nContent-Length: 2\r\n${END}hi`;
        assertMatch(await exchange(trap.port, sent), /\r\n\r\napp$/);
        const [own, slow] = await trap.records(2);
        assertEquals([own!.response?.kind, slow!.response?.kind], ["scripted", "forwarded"]);
      });
    },
  );
});

Deno.test("--forward-copy leaves the response of a rule in the record, with that to the copy beside it", async () => {
  await withApp({ until: "/hook", response: "HTTP/1.1 204 No Content\r\n\r\n" }, async (port) => {
    const copyTo = parseUpstreamUrl(`http://127.0.0.1:${port}/base/`);
    const script = parseRespondScript('[{ "path": "/hook", "sequence": [{ "status": 418 }] }]');
    await withTrap({ script, options: { copyTo } }, async (trap) => {
      assertMatch(await exchange(trap.port, `GET /hook HTTP/1.1\r\n${END}`), /^HTTP\/1\.1 418 /);
      const { id } = await trap.json<RequestRecord>("/api/next?after=0&timeout_ms=5000");
      const copied = async (): Promise<RequestRecord> => {
        const record = await trap.json<RequestRecord>(`/api/requests/${id}`);
        return record.replays === undefined ? await copied() : record;
      };
      const { response, replays } = await within(copied(), "the response to the copy");
      assertEquals([response?.kind, response?.status], ["scripted", 418]);
      const [copy] = replays!;
      assertEquals([copy!.url, copy!.response.kind, copy!.response.status], [
        `http://127.0.0.1:${port}/base/hook`,
        "copied",
        204,
      ]);
    });
  });
});

Deno.test("--forward-copy sends a copy, and the trap responds by itself", async () => {
  const received = await withApp(
    { until: "hello", response: "HTTP/1.1 204 No Content\r\n\r\n" },
    async (port) => {
      const copyTo = parseUpstreamUrl(`http://127.0.0.1:${port}/base/`);
      await withTrap({ options: { copyTo } }, async (trap) => {
        const sent = `POST /hook HTTP/1.1\r\nContent-Length: 5\r\n${END}hello`;
        assertMatch(await exchange(trap.port, sent), /^HTTP\/1\.1 200 /);
        const next = await trap.json<RequestRecord>("/api/next?after=0&timeout_ms=5000");
        const found = await within(
          (async () => {
            for (;;) {
              const { response } = await trap.json<RequestRecord>(`/api/requests/${next.id}`);
              if (response !== undefined) return response;
            }
          })(),
          "the response to the copy",
        );
        assertEquals([found.kind, found.status], ["copied", 204]);
      });
    },
  );
  assertMatch(
    received,
    /^POST \/base\/hook HTTP\/1\.1\r\nContent-Length: 5\r\nHost: app\.test\r\n\r\nhello$/,
  );
});
