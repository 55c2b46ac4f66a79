import { shareCluster } from "./shared_cluster.ts";
import { testStore } from "../store_cases.ts";

const cluster = shareCluster({ replicas: 1, nodeTimeoutMs: 10_000 });

if (cluster.isThere) {
  testStore("ClusterStore", async (limits) => {
    await cluster.empty();
    return await cluster.open(limits);
  });
}
