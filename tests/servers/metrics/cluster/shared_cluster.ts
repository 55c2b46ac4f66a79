// One cluster for all tests of a file: it takes some seconds to start.

import { openClusterStore } from "../../../../src/servers/metrics/cluster/open_cluster_store.ts";
import type { ClusterStoreOptions } from "../../../../src/servers/metrics/cluster/open_cluster_store.ts";
import type { ClusterStore } from "../../../../src/servers/metrics/cluster/cluster_store.ts";
import { parseStoreAddress } from "../../../../src/storage/cluster/store_address.ts";
import {
  hasRedis,
  type RedisCluster,
  type RedisClusterOptions,
  startRedisCluster,
} from "../../../support/redis_cluster.ts";

/** The cluster of a file. */
export interface SharedCluster {
  /** Whether there is one; without redis-server there is not. */
  readonly isThere: boolean;
  /** The servers. */
  readonly servers: RedisCluster;
  /** Removes everything from all servers. */
  empty(): Promise<void>;
  /** Opens the store. */
  open(options?: ClusterStoreOptions): Promise<ClusterStore>;
  /** Registers a test that needs the cluster. */
  test(name: string, run: () => Promise<void>): void;
  /** The same for one that starts and ends servers, which the leak checks would take for its own. */
  testOfServers(name: string, run: () => Promise<void>): void;
}

/** Starts a cluster before the tests of the file that calls, and stops it after them. */
export function shareCluster(options: RedisClusterOptions = {}): SharedCluster {
  let servers: RedisCluster | undefined;
  const isThere = hasRedis();
  if (isThere) {
    Deno.test.beforeAll(async () => {
      servers = await startRedisCluster(options);
    });
    Deno.test.afterAll(() => servers?.stop());
  }
  const register = (name: string, run: () => Promise<void>, checks: Partial<Deno.TestDefinition>): void => {
    if (isThere) Deno.test({ name, fn: run, ...checks });
    else Deno.test({ name: `${name}: skipped, no redis-server`, ignore: true, fn: run });
  };
  return {
    isThere,
    get servers(): RedisCluster {
      return servers!;
    },
    async empty(): Promise<void> {
      for (const primary of await servers!.primaries()) await primary.ask("FLUSHALL");
    },
    async open(storeOptions: ClusterStoreOptions = {}): Promise<ClusterStore> {
      return (await openClusterStore(parseStoreAddress(servers!.url)!, storeOptions)).store;
    },
    test: (name, run) => register(name, run, {}),
    testOfServers: (name, run) => register(name, run, { sanitizeOps: false, sanitizeResources: false }),
  };
}
