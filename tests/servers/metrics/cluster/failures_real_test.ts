// The guarantees while servers of the store fail. Time-out of the cluster 2 s, three primaries with two replicas each.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ClusterStore } from "../../../../src/servers/metrics/cluster/cluster_store.ts";
import { eventually, type RedisServer } from "../../../support/redis_cluster.ts";
import { putOne, readRows } from "../store_actions.ts";
import { checkAcknowledged, createWriterLog, type WriterLog, writeUntil } from "./acknowledged_puts.ts";
import { shareCluster } from "./shared_cluster.ts";

const cluster = shareCluster();

/** Four writers on two nodes, until the action is over. */
async function whileWriting(action: (log: WriterLog) => Promise<void>): Promise<WriterLog> {
  const stores = [await cluster.open(), await cluster.open()];
  const log = createWriterLog();
  let isOver = false;
  const writers = [0, 1, 2, 3].map((index) =>
    writeUntil(stores[index % 2]!, { name: `w${index}`, log, isOver: () => isOver })
  );
  try {
    await progress(log);
    await action(log);
    await progress(log);
  } finally {
    isOver = true;
    await Promise.all(writers);
  }
  await checkAcknowledged(stores[0]!, log);
  await closeAll(stores);
  return log;
}

async function closeAll(stores: readonly ClusterStore[]): Promise<void> {
  await Promise.all(stores.map((store) => store.close()));
}

function progress(log: WriterLog): Promise<void> {
  const { acknowledged } = log;
  return eventually("acknowledged puts", () => Promise.resolve(log.acknowledged > acknowledged + 1_000));
}

async function anyPrimary(): Promise<RedisServer> {
  return (await cluster.servers.primaries())[0]!;
}

async function anyReplica(): Promise<RedisServer> {
  const primaries = await cluster.servers.primaries();
  return cluster.servers.servers.find((server) => server.isRunning && !primaries.includes(server))!;
}

for (const [what, choose] of [["primary", anyPrimary], ["replica", anyReplica]] as const) {
  for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
    cluster.testOfServers(
      `ClusterStore loses nothing and refuses nothing when a ${what} gets ${signal}`,
      async () => {
        await cluster.empty();
        const log = await whileWriting(async (log) => {
          const server = await choose();
          await server.signal(signal);
          await progress(log);
          if (signal === "SIGKILL") await server.start();
          else await server.signal("SIGCONT");
          await cluster.servers.settled(2);
        });
        assertEquals(log.errors, []);
      },
    );
  }
}

cluster.test("ClusterStore reads and writes while slots move to another server and back", async () => {
  await cluster.empty();
  const [from, to] = await cluster.servers.primaries();
  const move = async (source: RedisServer, target: RedisServer): Promise<void> => {
    const ids = await Promise.all([source.ask("CLUSTER", "MYID"), target.ask("CLUSTER", "MYID")]);
    const slots = [
      "--cluster-from",
      ids[0]!,
      "--cluster-to",
      ids[1]!,
      "--cluster-slots",
      "600",
      "--cluster-yes",
    ];
    const { success, stdout } = await new Deno.Command("redis-cli", {
      args: ["--cluster", "reshard", `127.0.0.1:${source.port}`, ...slots],
      stdin: "null",
    }).output();
    assert(success, new TextDecoder().decode(stdout).slice(-500));
  };
  const log = await whileWriting(async (log) => {
    const reader = await cluster.open();
    let isMoving = true;
    const reading = (async () => {
      for (let reads = 0; isMoving; reads++) {
        const before = [...log.samples].filter(([, { acknowledged }]) => acknowledged !== undefined).length;
        assert((await readRows(reader, "*")).length >= before, `rows are missing in read ${reads}`);
      }
    })();
    try {
      await move(from!, to!);
      // The tool refuses to move slots while the servers do not agree about the last move.
      await cluster.servers.settled(2);
      await move(to!, from!);
    } finally {
      isMoving = false;
      await reading;
      await reader.close();
    }
  });
  assertEquals(log.errors, []);
});

cluster.testOfServers(
  "ClusterStore acknowledges nothing without a replica, says so, and recovers by itself",
  async () => {
    await cluster.empty();
    const [store, hasty] = [await cluster.open(), await cluster.open({ deadlineMs: 1_500 })];
    await putOne(store, "a", 1, 1);
    const primaries = await cluster.servers.primaries();
    const replicas = cluster.servers.servers.filter((server) => !primaries.includes(server));
    await Promise.all(replicas.map((server) => server.signal("SIGKILL")));
    // None is ever acknowledged. On a busy machine a server may be too slow to give the reason.
    await eventually("a put that says why", async () => {
      const error = await assertRejects(() => putOne(hasty, "a", 2, 2), Error);
      return error.message.includes("no replica has acknowledged");
    });
    // Reading goes on, also for a node that starts now: a row that is read was acknowledged, or may have been stored.
    const late = await cluster.open();
    assertEquals((await readRows(store, "a"))[0], "a 1 1");
    assertEquals((await readRows(late, "a"))[0], "a 1 1");
    await Promise.all(replicas.map((server) => server.start()));
    await cluster.servers.settled(2);
    await eventually("an acknowledged put", () => putOne(hasty, "a", 3, 3).then(() => true, () => false));
    assertEquals((await readRows(store, "a")).at(-1), "a 3 3");
    await closeAll([store, hasty, late]);
  },
);

cluster.test("ClusterStore refuses puts when a server has no memory left, and takes them when it has memory again", async () => {
  await cluster.empty();
  const store = await cluster.open();
  await putOne(store, "a", 1, 1);
  const primaries = await cluster.servers.primaries();
  const limitMemory = async (maxmemory: string): Promise<void> => {
    for (const primary of primaries) {
      assertEquals(await primary.ask("CONFIG", "SET", "maxmemory", maxmemory), "OK");
    }
  };
  await limitMemory("1");
  try {
    await assertRejects(() => putOne(store, "a", 2, 2), Error, "has no memory left");
    assertEquals(await readRows(store, "a"), ["a 1 1"]);
  } finally {
    await limitMemory("0");
  }
  await putOne(store, "a", 2, 2);
  assertEquals(await readRows(store, "a"), ["a 1 1", "a 2 2"]);
  await store.close();
});

cluster.test("ClusterStore gives its functions to servers that have lost them", async () => {
  await cluster.empty();
  const store = await cluster.open();
  await putOne(store, "a", 1, 1);
  for (const primary of await cluster.servers.primaries()) await primary.ask("FUNCTION", "FLUSH");
  await putOne(store, "a", 2, 2);
  assertEquals(await readRows(store, "a"), ["a 1 1", "a 2 2"]);
  await store.close();
});
