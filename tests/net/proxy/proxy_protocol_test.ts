import { assertEquals } from "@std/assert";
import { formatAddress, type NetAddress, tcpAddress } from "../../../src/net/address.ts";
import type { ConnectionError } from "../../../src/net/connection.ts";
import { type ProxyProtocolOptions, withProxyProtocol } from "../../../src/net/proxy/proxy_protocol.ts";
import { parseTrustedProxies } from "../../../src/net/proxy/trusted_proxies.ts";
import { settle, within } from "../../support/deadline.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeConnection, FakeListener } from "../../support/fake_connection.ts";
import { readText } from "../adapter.ts";

const PREFACE = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";

function open(options: ProxyProtocolOptions = {}) {
  const inner = new FakeListener();
  const clock = new FakeClock();
  const errors: string[] = [];
  const listener = withProxyProtocol(inner, {
    clock,
    onError: (error: ConnectionError, peer: NetAddress) =>
      errors.push(`${hostOf(peer)} ${error.code}: ${error.message.replace(/^.*proxy: /, "")}`),
    ...options,
  });
  return { inner, clock, errors, listener };
}

function hostOf(address: NetAddress): string {
  return address.hostname ?? "unix";
}

Deno.test("withProxyProtocol() gives each connection the ends of its preface and the bytes after it, in every split", async () => {
  const text = `${PREFACE}GET / HTTP/1.1\r\n`;
  const cuts = [text.length, 1, ...Array.from({ length: text.length - 1 }, (_, index) => -index - 1)];
  for (const cut of cuts) {
    const { inner, listener } = open();
    const accepted = listener.accept();
    const client = await inner.connect();
    const pieces = cut > 0
      ? text.match(new RegExp(`[^]{1,${cut}}`, "g"))!
      : [text.slice(0, -cut), text.slice(-cut)];
    for (const piece of pieces) await client.send(piece);
    const connection = (await within(accepted, "the connection"))!;
    assertEquals(formatAddress(connection.remote), "192.0.2.1:56324");
    assertEquals(formatAddress(connection.local), "198.51.100.1:443");
    assertEquals(await readText(connection, 16), "GET / HTTP/1.1\r\n");
    await connection.write(new TextEncoder().encode("response"));
    assertEquals(client.output, "response");
    listener.close();
  }
});

Deno.test("withProxyProtocol() closes a connection whose preface is wrong or missing, says why, and goes on", async () => {
  const { inner, errors, listener } = open();
  const accepted = listener.accept();
  const wrong = await inner.connect(new FakeConnection("192.0.2.7"));
  await wrong.send("GET / HTTP/1.1\r\n\r\n");
  const ended = await inner.connect(new FakeConnection("192.0.2.8"));
  await ended.send("PROXY ");
  await ended.end();
  const gone = await inner.connect(new FakeConnection("192.0.2.9"));
  await gone.reset();
  assertEquals(
    { isWrongClosed: wrong.isClosed, isEndedClosed: ended.isClosed, isGoneClosed: gone.isClosed },
    { isWrongClosed: true, isEndedClosed: true, isGoneClosed: true },
  );
  assertEquals(errors, [
    '192.0.2.7 bad-preface: expected PROXY, got "GET / HTTP/1.1\\r\\n\\r\\n"',
    "192.0.2.8 bad-preface: the peer has ended",
    "192.0.2.9 reset: Cannot read: connection reset",
  ]);
  const good = await inner.connect();
  await good.send(PREFACE);
  assertEquals((await accepted)!.remote, tcpAddress("192.0.2.1", 56_324));
  listener.close();
});

Deno.test("withProxyProtocol() gives a preface its time, and no more", async () => {
  const { inner, clock, errors, listener } = open({ timeoutMs: 1_000 });
  const accepted = listener.accept();
  const slow = await inner.connect();
  await slow.send("PROXY TCP4");
  await clock.advance(999);
  assertEquals(slow.isClosed, false);
  await clock.advance(1);
  assertEquals({ isClosed: slow.isClosed, errorCount: errors.length }, { isClosed: true, errorCount: 1 });
  const quick = await inner.connect();
  await quick.send(PREFACE);
  await clock.advance(10_000);
  assertEquals({ hostname: (await accepted)!.remote.hostname, isClosed: quick.isClosed }, {
    hostname: "192.0.2.1",
    isClosed: false,
  });
  listener.close();
});

Deno.test("withProxyProtocol() reads prefaces side by side: a late one delays no other", async () => {
  const { inner, listener } = open();
  const [first, second] = [listener.accept(), listener.accept()];
  const late = await inner.connect();
  const early = await inner.connect();
  await early.send("PROXY TCP4 192.0.2.2 198.51.100.1 2 443\r\n");
  assertEquals((await first)!.remote.hostname, "192.0.2.2");
  await late.send(PREFACE);
  assertEquals((await second)!.remote.hostname, "192.0.2.1");
  listener.close();
});

Deno.test("withProxyProtocol() asks trusted peers alone for a preface, when any are named", async () => {
  const { inner, listener } = open({ trusted: parseTrustedProxies("10.0.0.0/8") });
  const [first, second] = [listener.accept(), listener.accept()];
  const stranger = await inner.connect(new FakeConnection("192.0.2.9"));
  assertEquals((await first)!.remote.hostname, "192.0.2.9");
  await stranger.send(PREFACE);
  assertEquals(await readText((await first)!, PREFACE.length), PREFACE);
  const proxy = await inner.connect(new FakeConnection("10.1.2.3"));
  await proxy.send(PREFACE);
  assertEquals((await second)!.remote.hostname, "192.0.2.1");
  listener.close();
});

Deno.test("withProxyProtocol() keeps the socket's address for LOCAL and UNKNOWN", async () => {
  const { inner, listener } = open();
  const accepted = listener.accept();
  const client = await inner.connect(new FakeConnection("192.0.2.9"));
  await client.send("PROXY UNKNOWN\r\n");
  const { remote, local } = (await accepted)!;
  assertEquals([remote, local], [client.remote, client.local]);
  listener.close();
});

Deno.test("withProxyProtocol() bounds the connections without a preface: the oldest leaves", async () => {
  const { inner, errors, listener } = open();
  void listener.accept();
  const clients: FakeConnection[] = [];
  for (let i = 0; i < 1_026; i++) {
    const client = new FakeConnection();
    clients.push(client);
    inner.push(client);
    if (i % 100 === 0) await settle();
  }
  await settle();
  while (errors.length < 2) await settle();
  assertEquals(clients.filter(({ isClosed }) => isClosed), clients.slice(0, 2));
  listener.close();
  assertEquals(clients.filter(({ isClosed }) => !isClosed), []);
});

Deno.test("withProxyProtocol() passes on failures of accept(), and ends with its listener", async () => {
  const { inner, clock, listener } = open();
  const failing = listener.accept().catch((error: Error) => error.message);
  await inner.fail(new Error("no descriptors"));
  assertEquals(await failing, "no descriptors");
  const ended = listener.accept();
  await clock.advance(100);
  inner.close();
  assertEquals(await ended, null);
});
