import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../src/net/connection.ts";
import { connect, listen } from "../../../src/net/listen.ts";
import { codeOf } from "../adapter.ts";
import { connectTls } from "../deno_tls.ts";
import { testAdapter } from "../suite.ts";

testAdapter({ listen, connect, connectTls }, (name, body) => Deno.test(`${name}, on Deno`, body));

// Connections that can be reset are sockets of node:net.
const listenWithReset: typeof listen = (options) => listen({ ...options, needsReset: true });
testAdapter(
  { listen: listenWithReset, connect, connectTls },
  (name, body) => Deno.test(`${name}, on Deno with sockets of node:net`, body),
);

Deno.test({
  name: "listen() fails with denied without permission",
  permissions: { net: false },
  async fn() {
    const error = await assertRejects(() => listen({ port: 0 }), ConnectionError);
    assertEquals(codeOf(error), "denied");
  },
});
