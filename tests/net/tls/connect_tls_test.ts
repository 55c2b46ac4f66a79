import { assertRejects } from "@std/assert";
import { tcpAddress } from "../../../src/net/address.ts";
import { connectOverTls } from "../../../src/net/tls/connect_tls.ts";
import { ConnectionError } from "../../../src/net/connection.ts";
import { within } from "../../support/deadline.ts";

Deno.test("connectOverTls() gives up on a server that accepts and says nothing, and keeps no socket", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const address = tcpAddress("127.0.0.1", listener.addr.port);
  await assertRejects(() => connectOverTls(address, "localhost", 100), ConnectionError, "over TLS");
  using peer = await accepted;
  // The hello of the client, then its end: the descriptor is given back.
  await within(readToEnd(peer), "the end of the connection");
});

async function readToEnd(peer: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4_096);
  while (await peer.read(buffer) !== null);
}
