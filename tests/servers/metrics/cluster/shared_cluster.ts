// The shared cluster of a test file, and the store on it.

import { openClusterStore } from "../../../../src/servers/metrics/cluster/open_cluster_store.ts";
import type { ClusterStoreOptions } from "../../../../src/servers/metrics/cluster/open_cluster_store.ts";
import type { ClusterStore } from "../../../../src/servers/metrics/cluster/cluster_store.ts";
import { parseStoreAddress } from "../../../../src/storage/cluster/store_address.ts";
import type { RedisClusterOptions } from "../../../support/redis_cluster.ts";
import { type SharedRedisCluster, shareRedisCluster } from "../../../support/shared_redis_cluster.ts";

/** The cluster of a file. */
export interface SharedCluster extends SharedRedisCluster {
  /** Opens the store. */
  open(options?: ClusterStoreOptions): Promise<ClusterStore>;
}

/** Starts a cluster before the tests of the calling file, and stops it after them. */
export function shareCluster(options: RedisClusterOptions = {}): SharedCluster {
  const cluster = shareRedisCluster(options);
  return Object.assign(cluster, {
    open: async (storeOptions: ClusterStoreOptions = {}): Promise<ClusterStore> =>
      (await openClusterStore(parseStoreAddress(cluster.servers.url)!, storeOptions)).store,
  });
}
