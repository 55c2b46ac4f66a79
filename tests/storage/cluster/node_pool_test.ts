import { assertEquals, assertRejects } from "@std/assert";
import { NodePool } from "../../../src/storage/cluster/node_pool.ts";
import { loadConnector } from "../../../src/storage/cluster/redis_client.ts";
import { type RedisConnector, StoreError } from "../../../src/storage/cluster/redis_connection.ts";
import { within } from "../../support/deadline.ts";

const NODE = { hostname: "127.0.0.1", port: 7 };

Deno.test("NodePool ends a connection that is being opened when it closes, or loses the server", async () => {
  for (const end of [(pool: NodePool) => pool.close(), (pool: NodePool) => pool.retain([])]) {
    let signal: AbortSignal | undefined;
    const connector: RedisConnector = {
      connect: (_node, ending) => {
        signal = ending;
        return new Promise(() => {});
      },
      subscribe: () => Promise.reject(new Error("unexpected")),
    };
    const pool = new NodePool(connector);
    const opening = pool.get(NODE, "read");
    assertEquals(signal!.aborted, false);
    end(pool);
    assertEquals(signal!.aborted, true);
    await assertRejects(() => opening, StoreError);
  }
});

Deno.test("a connector ends an attempt at its signal, and leaves no timer", async () => {
  // The system accepts connections for a stopped server.
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = silent.addr;
  const connector = await loadConnector({ nodes: [{ hostname, port }], isEncrypted: false });
  const ending = new AbortController();
  const connecting = connector.connect({ hostname, port }, ending.signal);
  const accepted = await silent.accept();
  ending.abort();
  await assertRejects(() => connecting, StoreError, "does not reply");
  const buffer = new Uint8Array(1_000);
  const ended = async (): Promise<void> => {
    while (await accepted.read(buffer) !== null);
  };
  await within(ended(), "the end of the connection");
  accepted.close();
  silent.close();
});
