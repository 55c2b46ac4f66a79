import { assertEquals } from "@std/assert";
import { listen } from "../../../../src/net/listen.ts";
import { parseUpstreamUrl } from "../../../../src/servers/trap/upstream/upstream_url.ts";
import { within } from "../../../support/deadline.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";
import { connectRaw } from "../../../support/loopback.ts";
import { type Trap, type TrapSetup, withTrap } from "../trap_fixture.ts";

const HINTS =
  "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n";
const PASSED_HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const FINAL = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

interface AppSetup extends TrapSetup {
  /** The bytes that it sends as soon as it has read some of the request. */
  readonly first: string;
}

/** A trap in front of a server that responds to one request, and sends its final response when it is told to. */
async function withSlowApp(
  { first, ...setup }: AppSetup,
  test: (trap: Trap, finish: () => void) => Promise<void>,
): Promise<void> {
  const listener = await listen({ port: 0 });
  const told = Promise.withResolvers<void>();
  const serving = (async () => {
    const connection = await listener.accept();
    if (connection === null) return;
    const buffer = new Uint8Array(1_024);
    await connection.read(buffer);
    await connection.write(bytesOf(first));
    await told.promise;
    await connection.write(bytesOf(FINAL));
    await connection.closeWrite();
    while (await connection.read(buffer).catch(() => null) !== null);
    connection.close();
  })();
  const forwardTo = parseUpstreamUrl(`http://127.0.0.1:${listener.address.port}`);
  try {
    await withTrap({ ...setup, options: { forwardTo } }, (trap) => test(trap, told.resolve));
  } finally {
    told.resolve();
    listener.close();
    await within(serving, "the end of the app");
  }
}

/** Sends a request. @returns what the client read up to a text, and then up to the end */
async function ask(
  trap: Trap,
  { sent, until, finish }: { readonly sent: string; readonly until: string; readonly finish: () => void },
): Promise<{ readonly early: string; readonly all: string }> {
  const client = await connectRaw(trap.port);
  try {
    await client.send(sent);
    const early = until === "" ? "" : await client.readUntil(until);
    finish();
    return { early, all: await client.readUntil("\r\n\r\nhi") };
  } finally {
    client.close();
  }
}

Deno.test("--forward passes an interim response on before the final one has come (RFC 9110 §15.2)", async () => {
  await withSlowApp({ first: HINTS }, async (trap, finish) => {
    const sent = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const { early, all } = await ask(trap, { sent, until: "preload\r\n\r\n", finish });
    assertEquals(early, PASSED_HINTS);
    assertEquals(all.slice(early.length).startsWith("HTTP/1.1 200 OK\r\n"), true, all);
    const [record] = await trap.records(1);
    const fields = [["Link", "</a.css>; rel=preload"], ["Connection", "X-Hop"], ["X-Hop", "1"]];
    assertEquals(record!.response!.interim, [{ status: 103, headers: fields }]);
    const raw = await trap.call(`/api/requests/${record!.id}/response/raw`);
    assertEquals(textOf(await raw.bytes()), HINTS + FINAL);
  });
});

Deno.test("--forward passes no interim response on to a client of HTTP/1.0 (RFC 9110 §15.2)", async () => {
  await withSlowApp({ first: HINTS }, async (trap, finish) => {
    const { all } = await ask(trap, { sent: "GET / HTTP/1.0\r\nHost: a\r\n\r\n", until: "", finish });
    assertEquals(all.startsWith("HTTP/1.1 200 OK\r\n"), true, all);
    const [record] = await trap.records(1);
    assertEquals(record!.response!.interim?.length, 1);
  });
});

Deno.test("--forward sends one 100 to a client that asks for it, and passes on one that nobody asked for", async () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n";
  const rows = [
    { sent: `${head}Expect: 100-continue\r\n\r\n`, later: "ok" },
    { sent: `${head}\r\nok`, later: "" },
  ];
  for (const { sent, later } of rows) {
    await withSlowApp({ first: CONTINUE }, async (trap, finish) => {
      const client = await connectRaw(trap.port);
      await client.send(sent);
      assertEquals(await client.readUntil(CONTINUE), CONTINUE);
      await client.send(later);
      finish();
      assertEquals((await client.readUntil("\r\n\r\nhi")).match(/100 Continue/g)?.length, 1);
      client.close();
      const [record] = await trap.records(1);
      assertEquals([record!.bodyBytes, record!.response!.interim], [2, [{ status: 100, headers: [] }]]);
    });
  }
});

Deno.test("--forward keeps the interim responses of a response that is cut", async () => {
  await withSlowApp({ first: HINTS, maxBodyBytes: 10 }, async (trap, finish) => {
    await ask(trap, { sent: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", until: "preload\r\n\r\n", finish });
    const [record] = await trap.records(1);
    const { interim, truncated } = record!.response!;
    assertEquals([interim?.[0]?.status, truncated?.keptBytes], [103, 10]);
  });
});
