import { assertEquals } from "@std/assert";
import { formatAddress } from "../../src/net/address.ts";
import { connect, listen } from "../../src/net/listen.ts";
import { within } from "../support/deadline.ts";
import { readText } from "./adapter.ts";

Deno.test("listen() with proxyProtocol gives connections the ends that a proxy names", async () => {
  const listener = await listen({ port: 0, proxyProtocol: {} });
  const accepted = listener.accept();
  const client = await connect(listener.address);
  await client.write(new TextEncoder().encode("PROXY TCP6 2001:db8::1 2001:db8::2 5 80\r\nhello"));
  const server = (await within(accepted, "the connection"))!;
  assertEquals(formatAddress(server.remote), "[2001:db8::1]:5");
  assertEquals(await readText(server, 5), "hello");
  for (const open of [client, server, listener]) open.close();
});
