import { assertEquals } from "@std/assert";
import { Cluster, type JoinedCommand, type RunOptions } from "../../../src/storage/cluster/cluster.ts";
import { ReplyError } from "../../../src/storage/cluster/redis_connection.ts";
import { createFakeRedis, type Script } from "./fake_redis.ts";

// Two servers, with the lower half of the slots at a.
const NODES = "1 a:1@9 master - 0 0 1 connected 0-8191\n2 b:2@9 master - 0 0 2 connected 8192-16383";

const SETS = [0, 1, 9_000].map((slot) => ({ slot, command: ["SET", String(slot)] }));

const JOINED: RunOptions = {
  role: "write",
  replicas: 0,
  deadlineMs: 5_000,
  onMovingSlot: "wait",
  join: (indexes): JoinedCommand[] => [{
    indexes,
    command: ["SETS", ...indexes.map((index) => String(SETS[index]!.slot))],
  }],
};

function createCluster(script: Script): { cluster: Cluster; sent: () => string[] } {
  const { connector, sent } = createFakeRedis((command, node) => {
    const reply = script(command, node);
    if (reply !== null) return reply;
    if (command === "CLUSTER NODES") return NODES;
    const [name, ...words] = command.split(" ");
    return name === "SETS" ? words.map((word) => `${word} done`) : `${words[0]} done`;
  });
  const cluster = new Cluster({
    seeds: [{ hostname: "a", port: 1 }],
    connector,
    isClustered: true,
    library: "code",
  });
  return { cluster, sent: () => sent.splice(0).filter((line) => !line.endsWith("CLUSTER NODES")) };
}

const DONE = ["0 done", "1 done", "9000 done"];

Deno.test("Cluster.run() joins the commands of a server, and gives each its reply", async () => {
  const { cluster, sent } = createCluster(() => null);
  assertEquals(await cluster.run(SETS, JOINED), DONE);
  assertEquals(sent(), ["a:1#2 SETS 0 1", "b:2#1 SET 9000"]);
  cluster.close();
});

const FAILURES: readonly (readonly [name: string, error: string])[] = [
  ["a key that has moved away", "ERR Script attempted to access a non local key in a cluster node"],
  ["a slot that has moved", "MOVED 0 b:2"],
  ["a slot that moves", "ASK 0 b:2"],
  ["functions that are missing", "ERR Function not found"],
];

for (const [name, error] of FAILURES) {
  Deno.test(`Cluster.run() sends joined commands one by one after ${name}, and joins the next ones`, async () => {
    let tries = 0;
    const { cluster, sent } = createCluster((command) =>
      command.startsWith("SETS") && ++tries === 1 ? new ReplyError(error) : null
    );
    assertEquals(await cluster.run(SETS, JOINED), DONE);
    const words = sent().map((line) => line.split(" ").slice(1).join(" "));
    assertEquals(words.filter((line) => line.startsWith("SET")), ["SETS 0 1", "SET 9000", "SET 0", "SET 1"]);
    assertEquals(await cluster.run(SETS, JOINED), DONE);
    assertEquals(tries, 2);
    cluster.close();
  });
}

Deno.test("Cluster.run() stops joining when functions may have keys of one slot only", async () => {
  let tries = 0;
  const { cluster } = createCluster((command) => {
    if (!command.startsWith("SETS")) return null;
    tries++;
    return new ReplyError("ERR Script attempted to access keys that do not hash to the same slot");
  });
  assertEquals(await cluster.run(SETS, JOINED), DONE);
  assertEquals(await cluster.run(SETS, JOINED), DONE);
  assertEquals(tries, 1);
  cluster.close();
});
