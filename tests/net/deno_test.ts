import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../src/net/connection.ts";
import { connect, listen } from "../../src/net/listen.ts";
import { type Adapter, codeOf } from "./adapter.ts";
import { testAdapter } from "./suite.ts";

const connectTls: Adapter["connectTls"] = async (address, cert) => {
  const conn = await Deno.connectTls({ ...address, caCerts: [cert] });
  return {
    async end(text) {
      const bytes = new TextEncoder().encode(text);
      for (let start = 0; start < bytes.length;) start += await conn.write(bytes.subarray(start));
      await conn.closeWrite();
    },
    async readAll() {
      const buffer = new Uint8Array(65_536);
      const decoder = new TextDecoder("latin1");
      let text = "";
      for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
        text += decoder.decode(buffer.subarray(0, count));
      }
      return text;
    },
    close: () => conn.close(),
  };
};

testAdapter({ listen, connect, connectTls }, (name, body) => Deno.test(`${name}, on Deno`, body));

Deno.test({
  name: "listen() fails with denied without permission",
  permissions: { net: false },
  async fn() {
    const error = await assertRejects(() => listen({ port: 0 }), ConnectionError);
    assertEquals(codeOf(error), "denied");
  },
});
