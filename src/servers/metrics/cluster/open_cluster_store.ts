import { ownMessageOf } from "../../../base/error_text.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";
import type { Cluster } from "../../../storage/cluster/cluster.ts";
import { ClusterHealth, type StoreHealth } from "../../../storage/cluster/cluster_health.ts";
import { createPartitions, slotOf } from "../../../storage/cluster/key_slot.ts";
import type { RedisConnector, Reply } from "../../../storage/cluster/redis_connection.ts";
import { openCluster } from "../../../storage/cluster/server_checks.ts";
import type { StoreAddress } from "../../../storage/cluster/store_address.ts";
import type { Acknowledgement, StoreLimits } from "../store.ts";
import { ClusterStore } from "./cluster_store.ts";
import { FUNCTION_LIBRARY, LAYOUT_VERSION, META_KEY, partitionsFor } from "./function_library.ts";

const OPEN_DEADLINE_MS = 10_000;

/** Settings of a store in a cluster. */
export interface ClusterStoreOptions extends StoreLimits {
  /** The promise of `ok`; default `replicated`. */
  readonly acknowledgement?: Acknowledgement | undefined;
  /** After this long a batch has failed; default 15,000. */
  readonly deadlineMs?: number | undefined;
  /** Called with one line about a setting that could not be checked. */
  readonly onNotice?: ((message: string) => void) | undefined;
  /** Called when the store goes away and when it comes back. */
  readonly onHealth?: ((health: StoreHealth) => void) | undefined;
  /** Opens connections; default the client package. */
  readonly connector?: RedisConnector | undefined;
}

/** An opened store, and its state. */
export interface OpenedClusterStore {
  /** The store. */
  readonly store: ClusterStore;
  /** Watches the servers. */
  readonly health: ClusterHealth;
}

/**
 * Opens the store in a Redis or Valkey Cluster; a new store gets its layout.
 *
 * @throws {StoreOpenError} when it cannot be used; nothing was changed then
 */
export async function openClusterStore(
  address: StoreAddress,
  options: ClusterStoreOptions = {},
): Promise<OpenedClusterStore> {
  const replicas = options.acknowledgement === "primary" ? 0 : 1;
  const { onNotice, onHealth, connector } = options;
  const needsReplicas = replicas > 0;
  const cluster = await openCluster({
    address,
    needsReplicas,
    library: FUNCTION_LIBRARY,
    onNotice,
    connector,
  });
  const health = new ClusterHealth(cluster, { replicas, onChange: onHealth });
  try {
    const partitions = createPartitions(await readLayout(cluster, replicas));
    const store = new ClusterStore(
      { cluster, health, partitions, replicas, deadlineMs: options.deadlineMs },
      options,
    );
    await store.begin();
    return { store, health };
  } catch (error) {
    health.close();
    cluster.close();
    if (error instanceof StoreOpenError) throw error;
    const message = ownMessageOf(error);
    throw new StoreOpenError("failed", message, { cause: error });
  }
}

// `layout=1 partitions=256`, written by the first node that ever opened the store. The others only read it, so that a node
// starts, and a store can be copied, while a primary has no replica.
async function readLayout(cluster: Cluster, replicas: number): Promise<number> {
  const slot = slotOf(META_KEY);
  const deadlineMs = OPEN_DEADLINE_MS;
  const read = (): Promise<Reply> => cluster.read(slot, ["GET", META_KEY], deadlineMs);
  const known = await read();
  if (known === null) {
    const fresh = `layout=${LAYOUT_VERSION} partitions=${partitionsFor(cluster.map.primaries.length)}`;
    const command = ["SET", META_KEY, fresh, "NX"];
    await cluster.run([{ slot, command }], { role: "write", replicas, deadlineMs });
  }
  const text = String(known ?? await read());
  const match = /^layout=(\d+) partitions=(\d+)$/.exec(text);
  if (match === null || Number(match[1]) !== LAYOUT_VERSION) {
    throw new StoreOpenError(
      "foreign",
      `Cannot use the store: its layout is "${
        text.slice(0, 60)
      }", this program knows layout=${LAYOUT_VERSION}`,
    );
  }
  return Number(match[2]);
}
