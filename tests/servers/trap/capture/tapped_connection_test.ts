import type { ListenOptions } from "../../../../src/net/listen_options.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { SYSTEM_CLOCK } from "../../../../src/base/clock.ts";
import { connect, listen } from "../../../../src/net/listen.ts";
import {
  tapListener,
  type TapOptions,
  TappedConnection,
} from "../../../../src/servers/trap/capture/tapped_connection.ts";
import { ByteSlab } from "../../../../src/servers/trap/records/byte_slab.ts";
import { connectTls } from "../../../net/deno_tls.ts";
import { testAdapter } from "../../../net/suite.ts";
import { makeCertificate } from "../../../support/certificate.ts";
import { within } from "../../../support/deadline.ts";
import { bytesOf, textOf } from "../../../support/latin1.ts";
import { connectRaw, exchangeWithEnd } from "../../../support/loopback.ts";
import { withTrap } from "../trap_fixture.ts";

const SILENT: TapOptions = {
  now: () => 0,
  slab: new ByteSlab(),
  onClose: () => {},
  onEnding: () => {},
  onStopping: () => {},
};

const adapter = {
  listen: async <Options extends ListenOptions>(options: Options) =>
    tapListener(await listen(options), SILENT),
  connect,
  connectTls,
};

// It takes nothing away from the connection that it taps.
testAdapter(adapter, (name, body) => Deno.test(`${name}, tapped`, body));

Deno.test("TappedConnection.drain() reads until the client is quiet, and the next read gets later bytes", async () => {
  const listener = await adapter.listen({ port: 0 });
  const client = await connectRaw(listener.address.port);
  const connection = await listener.accept() as TappedConnection;
  await client.send("first");
  await connection.drain(SYSTEM_CLOCK, 20, 1_000);
  assertEquals({ pendingBytes: connection.tape.pendingBytes, hasEnded: connection.hasEnded }, {
    pendingBytes: 5,
    hasEnded: false,
  });
  await client.send("second");
  const small = new Uint8Array(4);
  assertEquals(await within(connection.read(small), "the rest"), 4);
  assertEquals(textOf(small), "seco");
  await client.end();
  assertEquals(await within(connection.read(small), "the end"), null);
  assertEquals(textOf(connection.tape.takeAll().kept), "firstsecond");
  await connection.drain(SYSTEM_CLOCK, 20, 1_000);
  client.close();
  connection.close();
  connection.close();
  listener.close();
});

Deno.test("TappedConnection.drain() gives up after its time on a client that is never quiet", async () => {
  const listener = await adapter.listen({ port: 0 });
  const client = await connectRaw(listener.address.port);
  const connection = await listener.accept() as TappedConnection;
  let isSending = true;
  const sending = (async () => {
    while (isSending) await client.send("x".repeat(1_000));
  })();
  await within(connection.drain(SYSTEM_CLOCK, 10_000, 50), "the end of draining");
  isSending = false;
  // A write that waits for a reader ends with the connection.
  connection.close();
  await sending.catch(() => {});
  client.close();
  listener.close();
});

Deno.test("the trap keeps the plain bytes of a request over TLS", async () => {
  const tls = await makeCertificate();
  if (tls === undefined) return console.log("skipped: the openssl command is not installed");
  await withTrap({ tls }, async (trap) => {
    const client = await Deno.connectTls({ hostname: "127.0.0.1", port: trap.port, caCerts: [tls.cert] });
    const sent = "GET /api HTTP/1.1\r\nhost:  a\r\nConnection: close\r\n\r\n";
    await client.write(bytesOf(sent));
    assertMatch(await within(new Response(client.readable).text(), "the answer"), /^HTTP\/1\.1 200 OK\r\n/);
    await trap.records(1);
    assertEquals(trap.store.all(() => true).map(({ wire }) => textOf(wire.kept)), [sent]);
    const har = await trap.json<{ log: { entries: { request: { url: string } }[] } }>("/api/export.har");
    assertEquals(har.log.entries[0]!.request.url, "https://a/api");
  });
});

Deno.test("a request that cannot be kept gets 200, and the log says why", async () => {
  await withTrap({}, async (trap) => {
    trap.store.listen({
      added: () => {
        throw new Error("the disk is full");
      },
      changed: () => {},
      removed: () => {},
      cleared: () => {},
    });
    for (const content of ["", "hi"]) {
      const client = await connectRaw(trap.port);
      await client.send(
        `GET /api HTTP/1.1\r\nHost: a\r\nContent-Length: ${content.length}\r\n\r\n${content}`,
      );
      assertMatch(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n[^]*X-Request-Id: /);
      client.close();
    }
    await exchangeWithEnd(trap.port, "\r\n");
    assertEquals(trap.errors.map(String), new Array(3).fill("Error: the disk is full"));
    assertEquals(
      (await trap.log()).match(
        / error \S+ trap: not kept: the disk is full\n\S+ info \S+ trap: answered 200\n/g,
      )?.length,
      2,
    );
  });
});
