// Clients with a server, and with a peer that follows the instructions of a test.

import {
  MetricsClient,
  type MetricsClientOptions,
} from "../../../../src/servers/metrics/client/metrics_client.ts";
import { runServer } from "../../../../src/servers/metrics/run_server.ts";
import { settle, within } from "../../../support/deadline.ts";

/** Runs with a client of a server. */
export async function withClient(
  run: (client: MetricsClient) => Promise<void>,
  options: MetricsClientOptions = {},
): Promise<void> {
  const server = await runServer("127.0.0.1", 0, { maxSeries: 5 });
  const client = new MetricsClient("127.0.0.1", server.address.port, options);
  try {
    await within(run(client), "the client");
  } finally {
    client.close();
    await server.close();
  }
}

/** Runs with a client of a peer that reads one command and then follows its instructions. */
export async function withPeer(
  act: (conn: Deno.TcpConn) => Promise<void>,
  run: (client: MetricsClient) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const conn = await listener.accept();
    await conn.read(new Uint8Array(1_000));
    await act(conn);
    while (await conn.read(new Uint8Array(1_000)).catch(() => null) !== null);
    conn.close();
  })();
  const client = new MetricsClient("127.0.0.1", listener.addr.port, { timeoutMs: 10_000 });
  await within(run(client), "the client");
  client.close();
  await serving;
  listener.close();
}

/** Writes all bytes to a connection. */
export async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** False if a write still waits after many turns of the loop. */
export async function settled(writing: Promise<void>): Promise<boolean> {
  let isDone = false;
  writing.then(() => isDone = true, () => isDone = true);
  for (let turn = 0; turn < 50 && !isDone; turn++) await settle();
  return isDone;
}

/** Writes a text to a connection. */
export async function say(conn: Deno.TcpConn, text: string): Promise<void> {
  await conn.write(new TextEncoder().encode(text));
}
