// The duties of every adapter about TLS, on every runtime.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, ConnectionError } from "../../src/net/connection.ts";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { within } from "../support/deadline.ts";
import { type Adapter, codeOf, readAll, readLength, type RegisterTest, type TlsClient } from "./adapter.ts";

const encoder = new TextEncoder();
const MUCH_BYTES = 8 * 1024 * 1024;
// More than a connection reads ahead, and less than the system's buffers hold.
const UNREAD_BYTES = 200_000;

/** Registers the tests of TLS; without the openssl command they do nothing. */
export function testTls(adapter: Adapter, register: RegisterTest): void {
  const test = (name: string, body: (certificate: Certificate) => Promise<void>): void =>
    register(`listen() over TLS ${name}`, async () => {
      const certificate = await makeCertificate();
      if (certificate !== undefined) return await within(body(certificate), name);
      console.log("skipped: the openssl command is not installed");
    });

  const testPair = (
    name: string,
    body: (pair: { readonly server: Connection; readonly client: TlsClient }) => Promise<void>,
  ): void =>
    test(name, async (tls) => {
      const listener = await adapter.listen({ port: 0, tls });
      const client = await adapter.connectTls(listener.address, tls.cert);
      const server = (await listener.accept())!;
      try {
        await body({ server, client });
      } finally {
        client.close();
        server.close();
        listener.close();
      }
    });

  testPair("says so, and responds after the client's end", async ({ server, client }) => {
    assert(server.isEncrypted);
    await client.end("secret");
    assertEquals(await readAll(server), "secret");
    await server.write(encoder.encode("response"));
    await server.closeWrite();
    server.close();
    assertEquals(await client.readAll(), "response");
  });

  testPair("reads on after its own end", async ({ server, client }) => {
    await server.write(encoder.encode("goodbye"));
    await server.closeWrite();
    assertEquals(await client.readAll(), "goodbye");
    await client.end("late");
    assertEquals(await readAll(server), "late");
  });

  testPair("carries much, and ends it after everything written", async ({ server, client }) => {
    const written = server.write(new Uint8Array(MUCH_BYTES));
    const ended = server.closeWrite();
    assertEquals((await client.readAll()).length, MUCH_BYTES);
    await Promise.all([written, ended]);
    const received = readLength(server);
    await client.end("x".repeat(MUCH_BYTES));
    assertEquals(await received, MUCH_BYTES);
  });

  testPair("hears of an end that came while nobody read", async ({ server, client }) => {
    await client.end("x".repeat(UNREAD_BYTES));
    assertEquals(await readLength(server), UNREAD_BYTES);
  });

  testPair("takes no more than the system's buffers hold while nobody reads", async ({ server, client }) => {
    let hasSent = false;
    const sent = client.end("x".repeat(2 * MUCH_BYTES)).then(() => hasSent = true);
    // Time enough to send everything, if only somebody took it.
    const written = server.write(new Uint8Array(4 * MUCH_BYTES)).then(() => server.closeWrite());
    assertEquals((await client.readAll()).length, 4 * MUCH_BYTES);
    await written;
    assertEquals(hasSent, false);
    assertEquals(await readLength(server), 2 * MUCH_BYTES);
    await sent;
  });

  test("fails the reads of a client that does not speak TLS", async (tls) => {
    const listener = await adapter.listen({ port: 0, tls });
    assert(listener.isEncrypted);
    const client = await adapter.connect(listener.address);
    const server = (await listener.accept())!;
    await client.write(encoder.encode("GET / HTTP/1.1\r\n\r\n"));
    await assertRejects(() => server.read(new Uint8Array(10)), ConnectionError);
    server.close();
    client.close();
    listener.close();
  });

  test("gives a connection to a client that says nothing, whose read may be abandoned", async (tls) => {
    const listener = await adapter.listen({ port: 0, tls });
    const client = await adapter.connect(listener.address);
    const server = (await listener.accept())!;
    const failed = assertRejects(() => server.read(new Uint8Array(10)), ConnectionError);
    server.close();
    assertEquals(codeOf(await failed), "closed");
    client.close();
    listener.close();
  });

  test("fails with bad-certificate for a file that is not a certificate, is empty, or has another key", async (tls) => {
    const other = (await makeCertificate())!;
    for (
      const bad of [
        { ...tls, cert: "no" },
        { ...tls, key: "no" },
        { ...tls, cert: "" },
        { ...tls, key: "" },
        { cert: "", key: "" },
        { ...tls, key: other.key },
      ]
    ) {
      const error = await assertRejects(() => adapter.listen({ port: 0, tls: bad }), ConnectionError);
      assertEquals(codeOf(error), "bad-certificate");
    }
  });
}
