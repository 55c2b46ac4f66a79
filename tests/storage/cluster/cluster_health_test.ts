import { assertEquals } from "@std/assert";
import { Cluster } from "../../../src/storage/cluster/cluster.ts";
import { ClusterHealth, type StoreHealth } from "../../../src/storage/cluster/cluster_health.ts";
import type { Reply } from "../../../src/storage/cluster/redis_connection.ts";
import { createFakeRedis } from "./fake_redis.ts";
import { within } from "../../support/deadline.ts";

const NODES = "1 a:1@9 master - 0 0 1 connected 0-16383";

Deno.test("ClusterHealth reports a lost server, lost replicas, and their return", async () => {
  let role: Reply | "gone" = ["master", 5, [["b", "1", "5"]]];
  const { connector } = createFakeRedis((command) => {
    if (command === "CONNECT") return role === "gone" ? "gone" : "OK";
    if (role === "gone") return "gone";
    return command === "ROLE" ? role : NODES;
  });
  const cluster = new Cluster({ seeds: [{ hostname: "a", port: 1 }], connector, isClustered: true });
  let onChange: (health: StoreHealth) => void = () => {};
  const changed = (): Promise<StoreHealth> => new Promise((resolve) => onChange = resolve);
  const health = new ClusterHealth(cluster, { replicas: 1, intervalMs: 5, onChange: (now) => onChange(now) });
  assertEquals(health.current.isReady, true);
  for (
    const [next, reason] of [
      [["master", 5, []], "a:1 has no replica"],
      ["gone", "Cannot reach a:1"],
      [["slave", "b", 1, "connected", 5], "a:1 is no primary any more"],
    ] as const
  ) {
    const lost = changed();
    role = next;
    const told = await within(lost, "the loss");
    assertEquals({ isReady: told.isReady, isReasonGiven: told.reason.startsWith(reason) }, {
      isReady: false,
      isReasonGiven: true,
    }, told.reason);
    const back = changed();
    role = ["master", 5, [["b", "1", "5"]]];
    assertEquals(await within(back, "the return"), { isReady: true, reason: "" });
  }
  health.close();
  cluster.close();
});
