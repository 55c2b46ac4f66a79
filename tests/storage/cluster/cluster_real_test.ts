import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Cluster } from "../../../src/storage/cluster/cluster.ts";
import { createPartitions, slotOf } from "../../../src/storage/cluster/key_slot.ts";
import { openCluster } from "../../../src/storage/cluster/server_checks.ts";
import { parseStoreAddress } from "../../../src/storage/cluster/store_address.ts";
import { StoreOpenError } from "../../../src/storage/store_open_error.ts";
import { startRedisCluster, testWithRedis, withRedisCluster } from "../../support/redis_cluster.ts";

function open(url: string, needsReplicas: "replicas" | "no replicas" = "replicas"): Promise<Cluster> {
  return openCluster({ address: parseStoreAddress(url)!, needsReplicas: needsReplicas === "replicas" });
}

async function refuse(url: string, words: string): Promise<void> {
  await assertRejects(() => open(url), StoreOpenError, words);
}

testWithRedis(
  "Cluster agrees with the servers about slots, and writes through kill -9 and SIGSTOP",
  () =>
    withRedisCluster({}, async (servers) => {
      const cluster = await open(servers.url);
      const partitions = createPartitions(256);
      const [server] = servers.servers;
      for (const key of ["a", "123456789", "{460}", "some key"]) {
        const tagged = /^\{(.*)\}$/.exec(key)?.[1] ?? key;
        assertEquals(Number(await server!.ask("CLUSTER", "KEYSLOT", key)), slotOf(tagged));
      }
      const writeAll = async (value: string): Promise<void> => {
        const sets = partitions.map(({ slot, tag }) => ({ slot, command: ["SET", tag, value] }));
        await cluster.run(sets, { role: "write", replicas: 1, deadlineMs: 20_000 });
        const gets = partitions.map(({ slot, tag }) => ({ slot, command: ["GET", tag] }));
        const replies = await cluster.run(gets, { role: "read", replicas: 0, deadlineMs: 20_000 });
        assertEquals(replies.map(String), partitions.map(() => value));
      };
      await writeAll("before");
      const [killed] = await servers.primaries();
      await killed!.signal("SIGKILL");
      await writeAll("after a kill");
      await killed!.start();
      await servers.settled(2);
      const [stopped] = await servers.primaries();
      await stopped!.signal("SIGSTOP");
      await writeAll("after a stop");
      await stopped!.signal("SIGCONT");
      await writeAll("after it has come back");
      cluster.close();
    }),
);

async function setPolicy(port: number, policy: string): Promise<void> {
  const words = ["-p", String(port), "-a", "secret", "CONFIG", "SET", "maxmemory-policy", policy];
  const { success } = await new Deno.Command("redis-cli", { args: words, stdout: "null", stderr: "null" })
    .output();
  assert(success);
}

testWithRedis("openCluster() refuses servers that would lose data, in one line", async () => {
  const alone = await startRedisCluster({ primaries: 1, replicas: 0, settings: ["--requirepass", "secret"] });
  try {
    const { port } = alone.servers[0]!;
    await refuse(`redis://127.0.0.1:${port}`, "does not accept the user or the password");
    await refuse(`redis://:wrong@127.0.0.1:${port}`, "does not accept the user or the password");
    const url = `redis://:secret@127.0.0.1:${port}`;
    await refuse(url, "it is no cluster");
    (await open(url, "no replicas")).close();
    await setPolicy(port, "allkeys-lru");
    await assertRejects(() => open(url, "no replicas"), StoreOpenError, "maxmemory-policy is allkeys-lru");
    await alone.servers[0]!.signal("SIGKILL");
    await refuse(url, "Cannot reach");
  } finally {
    await alone.stop();
  }
});
