// The duties of every adapter about ports, on every runtime.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, ConnectionError, type Listener } from "../../src/net/connection.ts";
import type { TcpAddress } from "../../src/net/address.ts";
import { within } from "../support/deadline.ts";
import { connectResetting } from "../support/resetting_client.ts";
import { codeOf, type PlainAdapter, readText, type RegisterTest } from "./adapter.ts";

const encoder = new TextEncoder();

// Where a client finds a server by its address; a server of both families is found by either.
const CLIENTS: readonly (readonly [hostname: string, bound: string, clients: readonly string[]])[] = [
  ["localhost", "", ["localhost"]],
  ["::1", "::1", ["::1", "[::1]"]],
  ["[::1]", "::1", ["::1"]],
  ["::", "::", ["::1", "127.0.0.1"]],
  ["0.0.0.0", "0.0.0.0", ["127.0.0.1"]],
];

/** Registers the tests of opening ports and connecting. */
export function testListening({ listen, connect }: PlainAdapter, test: RegisterTest): void {
  test("listen() gives a real port for port 0", async () => {
    const listener = await listen({ port: 0 });
    const another = await listen({ hostname: "127.0.0.1", port: 0 });
    assertEquals({ hostname: listener.address.hostname, isEncrypted: listener.isEncrypted }, {
      hostname: "127.0.0.1",
      isEncrypted: false,
    });
    assert(listener.address.port > 0 && listener.address.port !== another.address.port);
    listener.close();
    another.close();
  });

  test("listen() takes names and IPv6 addresses, and tells the address", async () => {
    let hasIpv6 = true;
    for (const [hostname, bound, clients] of CLIENTS) {
      let listener: Listener<TcpAddress>;
      try {
        listener = await listen({ hostname, port: 0 });
      } catch (error) {
        if (!hostname.includes(":") || codeOf(error) !== "not-available") throw error;
        console.log(`skipped: this system has no ${hostname}`);
        hasIpv6 = false;
        continue;
      }
      const { address } = listener;
      if (hostname === "localhost") assert(["127.0.0.1", "::1"].includes(address.hostname));
      else assertEquals(address.hostname, bound);
      for (const clientHost of clients.filter((host) => hasIpv6 || !host.includes(":"))) {
        const [client, server] = await Promise.all([
          connect({ hostname: clientHost, port: address.port }),
          listener.accept(),
        ]);
        // The address of an IPv4 client is IPv4, also on a socket of both families.
        assertEquals([server!.local.port, server!.remote], [address.port, client.local]);
        for (const open of [client, server!]) open.close();
      }
      listener.close();
    }
  });

  test("listen() fails for an unknown name", async () => {
    const error = await assertRejects(
      () => listen({ hostname: "no-such-host.invalid", port: 0 }),
      ConnectionError,
    );
    assertEquals(codeOf(error), "failed");
  });

  test("listen() fails with in-use for a port that is taken", async () => {
    const listener = await listen({ port: 0 });
    const error = await assertRejects(() => listen({ port: listener.address.port }), ConnectionError);
    assertEquals(codeOf(error), "in-use");
    listener.close();
  });

  test("listen() fails with not-available for an address of another machine", async () => {
    const error = await assertRejects(() => listen({ hostname: "192.0.2.1", port: 0 }), ConnectionError);
    assertEquals(codeOf(error), "not-available");
  });

  test("connect() fails with refused if nobody listens", async () => {
    const listener = await listen({ port: 0 });
    const { address } = listener;
    listener.close();
    const error = await assertRejects(() => connect(address), ConnectionError);
    assertEquals(codeOf(error), "refused");
  });

  test("Listener accepts null after close, also if an accept is pending", async () => {
    const listener = await listen({ port: 0 });
    const pending = listener.accept();
    listener.close();
    listener.close();
    assertEquals([await pending, await listener.accept()], [null, null]);
  });

  test("Listener.accept() goes on to the next client after one that has reset its connection", async () => {
    const listener = await listen({ port: 0 });
    await (await connectResetting(listener.address.port)).reset();
    const client = await connect(listener.address);
    let accepted = await listener.accept();
    // Some runtimes give the reset connection too; none may fail.
    while (accepted?.remote.port !== client.local.port) {
      accepted?.close();
      accepted = await within(listener.accept(), "the second client");
    }
    for (const end of [accepted, client, listener]) end?.close();
  });

  test("Listener ends connections that nobody has accepted when it is closed", async () => {
    const listener = await listen({ port: 0 });
    const client = await connect(listener.address);
    const ended = client.read(new Uint8Array(1)).catch(codeOf);
    // The second connection shows that the first has arrived as well.
    const another = await connect(listener.address);
    listener.close();
    assert([null, "reset"].includes(await ended as string | null));
    client.close();
    another.close();
  });

  test("Listener is iterated until it is closed; what it accepted lives on", async () => {
    const listener = await listen({ port: 0 });
    const clients = [await connect(listener.address), await connect(listener.address)];
    const accepted: Connection[] = [];
    for await (const connection of listener) {
      accepted.push(connection);
      if (accepted.length === 2) listener.close();
    }
    await accepted[0]!.write(encoder.encode("alive"));
    assertEquals(
      await readText(clients.find((client) => client.local.port === accepted[0]!.remote.port)!, 5),
      "alive",
    );
    for (const connection of [...accepted, ...clients]) connection.close();
  });
}
