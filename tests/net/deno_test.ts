import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../src/net/connection.ts";
import { connect, listen } from "../../src/net/listen.ts";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { within } from "../support/deadline.ts";
import { codeOf } from "./adapter.ts";
import { testConnections } from "./connection_suite.ts";
import { testListening } from "./listener_suite.ts";

const adapter = { listen, connect };

testConnections(adapter, (name, body) => Deno.test(`${name}, on Deno`, body));
testListening(adapter, (name, body) => Deno.test(`${name}, on Deno`, body));

async function withCertificate(test: (certificate: Certificate) => Promise<void>): Promise<void> {
  const certificate = await makeCertificate();
  if (certificate === undefined) console.log("skipped: the openssl command is not installed");
  else await test(certificate);
}

Deno.test("listen() speaks TLS with a certificate, with half-close", async () => {
  await withCertificate(async (tls) => {
    const listener = await listen({ port: 0, tls });
    assert(listener.isEncrypted);
    const serving = (async () => {
      const connection = (await listener.accept())!;
      assert(connection.isEncrypted);
      const buffer = new Uint8Array(100);
      let text = "";
      for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
        text += new TextDecoder().decode(buffer.subarray(0, count));
      }
      await connection.write(new TextEncoder().encode(`got ${text}`));
      await connection.closeWrite();
      connection.close();
    })();
    const client = await Deno.connectTls({ ...listener.address, caCerts: [tls.cert] });
    await client.write(new TextEncoder().encode("secret"));
    await client.closeWrite();
    const answer = await within(new Response(client.readable).text(), "the answer over TLS");
    assertEquals(answer, "got secret");
    await serving;
    listener.close();
  });
});

Deno.test("listen() over TLS fails the reads of a client that speaks none", async () => {
  await withCertificate(async (tls) => {
    const listener = await listen({ port: 0, tls });
    const client = await connect(listener.address);
    const connection = (await listener.accept())!;
    await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    await assertRejects(() => connection.read(new Uint8Array(10)), ConnectionError);
    connection.close();
    client.close();
    listener.close();
  });
});

Deno.test("listen() fails with bad-certificate for a certificate that is none, or has another key", async () => {
  await withCertificate(async (tls) => {
    const other = (await makeCertificate())!;
    for (
      const bad of [{ cert: "no", key: tls.key }, { cert: tls.cert, key: "no" }, { ...tls, key: other.key }]
    ) {
      const error = await assertRejects(() => listen({ port: 0, tls: bad }), ConnectionError);
      assertEquals(codeOf(error), "bad-certificate");
    }
  });
});

Deno.test({
  name: "listen() fails with denied without permission",
  permissions: { net: false },
  async fn() {
    const error = await assertRejects(() => listen({ port: 0 }), ConnectionError);
    assertEquals(codeOf(error), "denied");
  },
});
