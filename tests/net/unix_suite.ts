// The duties of every adapter about unix sockets, on every runtime.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unixAddress } from "../../src/net/address.ts";
import { ConnectionError } from "../../src/net/connection.ts";
import type { ListenOptions } from "../../src/net/listen_options.ts";
import { within } from "../support/deadline.ts";
import { leaveStaleSocket } from "../support/stale_socket.ts";
import { codeOf, type PlainAdapter, readAll, readLength, type RegisterTest } from "./adapter.ts";

const encoder = new TextEncoder();

/** Registers the tests of unix sockets. */
export function testUnixSockets({ listen, connect }: PlainAdapter, register: RegisterTest): void {
  const test = (name: string, body: (path: string) => Promise<void>): void =>
    register(`listen() on a unix socket ${name}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "millrace-"));
      try {
        await within(body(join(folder, "x.sock")), name);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  const codeFor = async (options: ListenOptions): Promise<string> =>
    codeOf(await assertRejects(() => listen(options), ConnectionError));

  test("tells both ends; the client's has no name", async (path) => {
    const listener = await listen({ path });
    const [client, server] = await Promise.all([connect({ path }), listener.accept()]);
    assertEquals(listener.address, unixAddress(path));
    assertEquals([server!.local, server!.remote], [unixAddress(path), unixAddress("")]);
    assertEquals([client.local, client.remote], [unixAddress(""), unixAddress(path)]);
    for (const open of [client, server!, listener]) open.close();
  });

  test("carries bytes both ways, with half-close and back pressure", async (path) => {
    const listener = await listen({ path });
    const [client, server] = await Promise.all([connect(listener.address), listener.accept()]);
    await client.write(encoder.encode("last request"));
    await client.closeWrite();
    assertEquals(await readAll(server!), "last request");
    const written = server!.write(new Uint8Array(4_000_000));
    assert(server!.bufferedBytes > 0);
    assertEquals(await readLength(client, 4_000_000), 4_000_000);
    await written;
    await server!.closeWrite();
    assertEquals(await readAll(client), "");
    for (const open of [client, server!, listener]) open.close();
  });

  test("is for its owner and group, and is gone when it is closed", async (path) => {
    const listener = await listen({ path });
    assertEquals((await stat(path)).mode & 0o777, 0o660);
    listener.close();
    listener.close();
    assertEquals({ accepted: await listener.accept(), isFileThere: existsSync(path) }, {
      accepted: null,
      isFileThere: false,
    });
  });

  test("takes the place of a socket that nobody listens on", async (path) => {
    await leaveStaleSocket(path);
    const listener = await listen({ path });
    const [client, server] = await Promise.all([connect({ path }), listener.accept()]);
    for (const open of [client, server!, listener]) open.close();
  });

  test("fails with in-use when another program listens there, and leaves that program alone", async (path) => {
    const first = await listen({ path });
    assertEquals(await codeFor({ path }), "in-use");
    // The connection with which listen() checked for another program.
    (await first.accept())?.close();
    const [client, server] = await Promise.all([connect({ path }), first.accept()]);
    for (const open of [client, server!, first]) open.close();
    assertEquals(existsSync(path), false);
  });

  test("leaves alone a file that is not a socket", async (path) => {
    await writeFile(path, "a file");
    assertEquals(await codeFor({ path }), "in-use");
    await symlink(path, `${path}.link`);
    assertEquals(await codeFor({ path: `${path}.link` }), "in-use");
    assertEquals((await stat(path)).size, 6);
  });

  test("fails at a path where no socket can be", async (path) => {
    assertEquals(await codeFor({ path: "" }), "not-available");
    assertEquals(await codeFor({ path: `${path}${"x".repeat(108)}` }), "not-available");
    assertEquals(await codeFor({ path: join(path, "no", "such", "folder") }), "not-available");
    const error = await assertRejects(() => connect({ path }), ConnectionError);
    assertEquals(codeOf(error), "not-available");
  });

  test("refuses a port beside a path", async (path) => {
    await assertRejects(() => listen({ path, port: 0 } as unknown as ListenOptions), TypeError);
    await assertRejects(() => listen({} as unknown as ListenOptions), TypeError);
    assertEquals(existsSync(path), false);
  });
}
