// The cases that every store must pass, and the guarantees when several nodes use one store.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createPartitions } from "../../../../src/storage/cluster/key_slot.ts";
import { StoreOpenError } from "../../../../src/storage/store_open_error.ts";
import { Random } from "../../../support/random.ts";
import type { RedisServer } from "../../../support/redis_cluster.ts";
import { deleteFrom, putOne, putUncommitted, readKeys, readRows } from "../store_actions.ts";
import { testStore } from "../store_cases.ts";
import { shareCluster } from "./shared_cluster.ts";

const cluster = shareCluster({ replicas: 1, nodeTimeoutMs: 10_000 });

if (cluster.isThere) {
  testStore("ClusterStore", async (limits) => {
    await cluster.empty();
    return await cluster.open(limits);
  });
}

/** Asks the primary of a key. */
async function ask(key: string, ...words: string[]): Promise<string> {
  const [first] = cluster.servers.servers;
  const { stdout } = await new Deno.Command("redis-cli", {
    args: ["-c", "-h", "127.0.0.1", "-p", String(first!.port), words[0]!, key, ...words.slice(1)],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}

cluster.test("ClusterStore shows a put of one node to the others at once, 10,000 times", async () => {
  await cluster.empty();
  const [one, other] = [await cluster.open(), await cluster.open()];
  const lanes = Array.from({ length: 100 }, async (_, lane) => {
    for (let round = 0; round < 100; round++) {
      await putOne(one, `lane${lane}`, round, 7);
      assertEquals(await readRows(other, `lane${lane}`), [`lane${lane} ${round} 7`]);
    }
  });
  await Promise.all(lanes);
  await one.close();
  await other.close();
});

cluster.test("ClusterStore keeps the order of first puts that alternate between nodes and servers", async () => {
  await cluster.empty();
  const stores = [await cluster.open(), await cluster.open(), await cluster.open()];
  const keys = Array.from({ length: 90 }, (_, index) => `key${(index * 7919) % 90}`);
  for (const [index, key] of keys.entries()) {
    await putOne(stores[index % 3]!, key, index, 1);
    // A repeated put by another node that does not know the key yet changes nothing.
    await putOne(stores[(index + 1) % 3]!, key, index, 1);
  }
  for (const store of stores) assertEquals(await readKeys(store, "*"), keys);
  await deleteFrom(stores[0]!, "key0");
  await putOne(stores[1]!, "key0", 1, 1);
  assertEquals(await readKeys(stores[2]!, "*"), [...keys.filter((key) => key !== "key0"), "key0"]);
  for (const store of stores) await store.close();
});

cluster.test("ClusterStore agrees with a Map on runs that fill, split and are cut, in any order of time", async () => {
  await cluster.empty();
  const stores = [await cluster.open(), await cluster.open()];
  const random = new Random(5);
  const model = new Map<number, number>();
  for (let round = 0; round < 40; round++) {
    const store = stores[round % 2]!;
    const first = random.below(3_000);
    const way = random.below(3);
    for (let index = 0; index < 200; index++) {
      const timestamp = way === 0 ? first + index : way === 1 ? first - index : random.below(3_000) - 500;
      model.set(timestamp, round * 1_000 + index);
      await putUncommitted(store, "a", round * 1_000 + index, timestamp);
    }
    await store.commit();
    if (round % 5 === 4) {
      const span = { from: first, until: first + 150 };
      await deleteFrom(store, "a", span);
      for (const timestamp of model.keys()) {
        if (timestamp >= span.from && timestamp <= span.until) model.delete(timestamp);
      }
    }
    const expected = [...model].sort(([a], [b]) => a - b).map(([timestamp, value]) =>
      `a ${value} ${timestamp}`
    );
    assertEquals(await readRows(stores[(round + 1) % 2]!, "a", { pieceRows: 500 }), expected);
  }
  for (const store of stores) await store.close();
});

cluster.test("ClusterStore reads a key of many runs in windows, and stretches of it", async () => {
  await cluster.empty();
  const store = await cluster.open();
  const count = 30_000;
  for (let timestamp = 0; timestamp < count; timestamp++) {
    await putUncommitted(store, "a", timestamp, timestamp * 10);
  }
  await store.commit();
  const rows = await readRows(store, "a");
  assertEquals([rows.length, rows[0], rows.at(-1)], [count, "a 0 0", `a ${count - 1} ${(count - 1) * 10}`]);
  assert(rows.every((row, index) => row.endsWith(` ${index * 10}`)));
  const span = { from: 123_451, until: 280_000 };
  const some = await readRows(store, "a", { span });
  assertEquals([some.length, some[0], some.at(-1)], [15_655, "a 12346 123460", "a 28000 280000"]);
  await store.close();
});

cluster.test("ClusterStore takes at most 16 bytes for a sample at steps of 1, 10 and 60 s", async () => {
  // Memory is measured, not the disk, and 3,000 commits would wait for that.
  await syncToDisk("everysec");
  try {
    // A first round grows what the servers keep once, 0.2 MB of buffers and tables.
    await measureBytes(1, 100);
    for (const stepSeconds of [1, 10, 60]) {
      const bytes = await measureBytes(stepSeconds, 720);
      assert(bytes <= 16, `${bytes} bytes a sample at a step of ${stepSeconds} s`);
    }
  } finally {
    await syncToDisk("always");
  }
});

async function syncToDisk(appendfsync: "always" | "everysec"): Promise<void> {
  for (const server of cluster.servers.servers) {
    assertEquals(await server.ask("CONFIG", "SET", "appendfsync", appendfsync), "OK");
  }
}

/** Bytes of a sample in the servers, for 100 keys with this many random samples each. */
async function measureBytes(stepSeconds: number, samples: number): Promise<number> {
  await cluster.empty();
  const store = await cluster.open();
  const random = new Random(3);
  const keys = Array.from({ length: 100 }, (_, index) => `web.${index}.cpu`);
  for (const key of keys) await putUncommitted(store, key, 0.1, 1_700_000_000 - stepSeconds);
  await store.commit();
  const before = await usedBytes();
  for (let index = 0; index < samples; index++) {
    for (const key of keys) {
      await putUncommitted(store, key, random.below(1e9) / 997, 1_700_000_000 + index * stepSeconds);
    }
    await store.commit();
  }
  const bytes = (await usedBytes() - before) / samples / keys.length;
  await store.close();
  return bytes;
}

// Memory of the data sets alone, because buffers of clients and replicas come and go.
async function usedBytes(): Promise<number> {
  const infos = await Promise.all(
    (await cluster.servers.primaries()).map((server: RedisServer) => server.ask("INFO", "memory")),
  );
  return infos.reduce((sum, info) => sum + Number(/used_memory_dataset:(\d+)/.exec(info)![1]), 0);
}

cluster.test("mr_put refuses a late call, and replies to a repeated call as to the first one", async () => {
  await cluster.empty();
  const store = await cluster.open();
  await putOne(store, "a", 1, 1);
  const partitions = createPartitions(64);
  const tags = await Promise.all(partitions.map(({ tag }) => ask(`mr:${tag}`, "ZCARD")));
  const { tag } = partitions[tags.indexOf("1")]!;
  const remove = (number: number): Promise<string> =>
    deleteAs("tester", number, { tag, key: "a", timestamp: 5 });
  const put = async (value: number): Promise<void> => void await putOne(store, "a", value, 5);
  await put(1);
  assertEquals(await remove(7), "1");
  await put(2);
  // The same call again, and an earlier one, must not remove later samples.
  assertEquals([await remove(7), await remove(6)], ["0", "0"]);
  assertEquals(await readRows(store, "a"), ["a 1 1", "a 2 5"]);
  assertEquals(await remove(8), "1");
  await store.close();
});

/** Removes a sample as another writer would, with a number of the test's own. */
async function deleteAs(
  writer: string,
  number: number,
  { tag, key, timestamp }: { readonly tag: string; readonly key: string; readonly timestamp: number },
): Promise<string> {
  const [first] = cluster.servers.servers;
  const words = ["mr_delete_1", "1", `mr:${tag}`, writer, number, timestamp, timestamp, key].map(String);
  const { stdout } = await new Deno.Command("redis-cli", {
    args: ["-c", "-p", String(first!.port), "FCALL", ...words],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}

cluster.test("openClusterStore() refuses a store of another layout", async () => {
  await cluster.empty();
  await ask("millrace:metrics", "SET", "layout=99 partitions=256");
  await assertRejects(() => cluster.open(), StoreOpenError, 'its layout is "layout=99 partitions=256"');
  await cluster.empty();
});

cluster.test("ClusterStore drops samples older than the retention, on all nodes", async () => {
  await cluster.empty();
  let nowMs = 10_000_000;
  const options = { retentionSeconds: 1_000, now: () => nowMs };
  const [one, other] = [await cluster.open(options), await cluster.open(options)];
  for (let index = 0; index < 700; index++) await putUncommitted(one, "a", index, 9_300 + index);
  await putUncommitted(one, "old", 1, 9_001);
  await one.commit();
  nowMs += 900_000;
  assertEquals((await readRows(other, "*")).length, 100);
  assertEquals(await readKeys(other, "*"), ["a"]);
  await other.maintain();
  assertEquals(await readRows(one, "old"), []);
  assertEquals((await readRows(one, "a")).length, 100);
  nowMs += 900_000;
  await one.maintain();
  const counts = await Promise.all(
    (await cluster.servers.primaries()).map((server) => server.ask("KEYS", "m[roch]:*")),
  );
  assertEquals(counts.join("").trim(), "");
  await one.close();
  await other.close();
});
