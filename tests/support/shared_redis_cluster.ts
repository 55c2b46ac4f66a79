// One cluster for all tests of a file: it takes some seconds to start.

import {
  eventually,
  hasRedis,
  type RedisCluster,
  type RedisClusterOptions,
  startRedisCluster,
  testWithRedis,
} from "./redis_cluster.ts";

/** The cluster of a file. */
export interface SharedRedisCluster {
  /** Whether there is one; there is none without redis-server. */
  readonly isThere: boolean;
  /** The servers. */
  readonly servers: RedisCluster;
  /** Removes everything from all servers. */
  empty(): Promise<void>;
  /** Registers a test that needs the cluster. */
  test(name: string, run: () => Promise<void>): void;
  /** The same for a test that starts and ends servers, which the leak checks would take for its own. */
  testOfServers(name: string, run: () => Promise<void>): void;
}

/** Starts a cluster before the tests of the calling file, and stops it after them. */
export function shareRedisCluster(options: RedisClusterOptions = {}): SharedRedisCluster {
  let servers: RedisCluster | undefined;
  const isThere = hasRedis();
  if (isThere) {
    Deno.test.beforeAll(async () => {
      servers = await startRedisCluster(options);
    });
    // A failed test leaves servers killed or stopped. They are healed outside the tests: the leak checks would take a
    // server that a test starts for its own.
    Deno.test.beforeEach(() => servers!.heal());
    Deno.test.afterAll(() => servers?.stop());
  }
  return {
    isThere,
    get servers(): RedisCluster {
      return servers!;
    },
    async empty(): Promise<void> {
      await Promise.all(
        (await servers!.primaries()).map((primary) =>
          eventually("an empty server", async () => await primary.ask("FLUSHALL") === "OK")
        ),
      );
    },
    test: testWithRedis,
    testOfServers: (name, run) => testWithRedis(name, run, { sanitizeOps: false, sanitizeResources: false }),
  };
}
