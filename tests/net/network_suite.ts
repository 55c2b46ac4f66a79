// The duties of connections over a network, beyond those of every pair of ends.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { TcpAddress } from "../../src/net/address.ts";
import { ConnectionError, type Listener } from "../../src/net/connection.ts";
import { within } from "../support/deadline.ts";
import { connectResetting } from "../support/resetting_client.ts";
import { codeOf, type PlainAdapter, type RegisterTest } from "./adapter.ts";
import { type Pair, testConnections } from "./connection_suite.ts";

interface NetworkPair extends Pair {
  readonly listener: Listener<TcpAddress>;
}

/** Registers all tests of connections, those of resets by the peer included. */
export function testNetworkConnections(adapter: PlainAdapter, register: RegisterTest): void {
  testConnections(async () => {
    const { server, client, listener } = await openPair(adapter);
    listener.close();
    return { server, client };
  }, register);

  const test = (name: string, body: (pair: NetworkPair) => Promise<void>): void =>
    register(`Connection ${name}`, async () => {
      const pair = await openPair(adapter);
      try {
        await within(body(pair), name);
      } finally {
        pair.client.close();
        pair.server.close();
        pair.listener.close();
      }
    });

  test("knows both its ends", ({ listener, server, client }) => {
    assertEquals(server.local, listener.address);
    assertEquals(server.remote, client.local);
    assertEquals(client.remote, listener.address);
    assertEquals({ isServerEncrypted: server.isEncrypted, isClientEncrypted: client.isEncrypted }, {
      isServerEncrypted: false,
      isClientEncrypted: false,
    });
    assert(client.local.port! > 0);
    return Promise.resolve();
  });

  test("fails with reset when the peer resets", async ({ listener }) => {
    const client = await connectResetting(listener.address.port);
    const server = (await listener.accept())!;
    const failed = assertRejects(() => server.read(new Uint8Array(1)), ConnectionError);
    await client.reset();
    assertEquals(codeOf(await failed), "reset");
    server.close();
  });

  test("fails with reset when the peer has reset before it reads", async ({ listener }) => {
    const client = await connectResetting(listener.address.port);
    const server = (await listener.accept())!;
    await client.reset();
    const error = await assertRejects(() => server.read(new Uint8Array(1)), ConnectionError);
    assertEquals(codeOf(error), "reset");
    server.close();
  });

  test("errors its readable on reset", async ({ listener }) => {
    const client = await connectResetting(listener.address.port);
    const server = (await listener.accept())!;
    const reader = server.readable.getReader();
    const failed = assertRejects(() => reader.read(), ConnectionError);
    await client.reset();
    assertEquals(codeOf(await failed), "reset");
    reader.releaseLock();
    server.close();
  });
}

async function openPair({ listen, connect }: PlainAdapter): Promise<NetworkPair> {
  const listener = await listen({ port: 0 });
  const [client, server] = await Promise.all([connect(listener.address), listener.accept()]);
  return { listener, client, server: server! };
}
