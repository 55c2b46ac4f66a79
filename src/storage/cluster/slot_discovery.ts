import { SYSTEM_CLOCK } from "../../base/clock.ts";
import { createDeferred } from "../../base/deferred.ts";
import { afterSilence } from "./silence.ts";
import type { NodePool } from "./node_pool.ts";
import { type ClusterView, parseClusterNodes, type SlotMap } from "./slot_map.ts";
import type { NodeAddress } from "./store_address.ts";

// The number of servers that are asked at a time; the newest of their claims count.
const ASKED_AT_ONCE = 5;
const REPLY_TIMEOUT_MS = 1_000;

// The others have this long after the first reply: a stopped server must not hold up a failover.
const STRAGGLERS_MS = 200;

/** Parts of {@linkcode SlotDiscovery}. */
export interface DiscoveryOptions {
  /** Servers to ask when no other replies. */
  readonly seeds: readonly NodeAddress[];
  /** Whether the servers form a cluster; otherwise the first seed has all slots for ever. */
  readonly isClustered: boolean;
}

/** Asks servers for the owners of slots. */
export class SlotDiscovery {
  readonly #pool: NodePool;
  readonly #map: SlotMap;
  readonly #options: DiscoveryOptions;
  #running: Promise<void> | undefined;
  #rounds = 0;

  /** @param map gets the results */
  constructor(pool: NodePool, map: SlotMap, options: DiscoveryOptions) {
    this.#pool = pool;
    this.#map = map;
    this.#options = options;
    if (!options.isClustered) map.giveAllTo(options.seeds[0]!);
  }

  /**
   * Asks, unless a request is already pending.
   *
   * @throws {StoreError} no node replied
   */
  refresh(): Promise<void> {
    return this.#running ??= this.#refresh().finally(() => this.#running = undefined);
  }

  async #refresh(): Promise<void> {
    const { seeds, isClustered } = this.#options;
    if (!isClustered) return;
    const known = this.#map.nodes;
    const redirectedTo = this.#map.takeRedirection();
    // Different servers each time, so that one with a narrow view is not asked for ever.
    const asked = known.map((_, index) => known[(index + this.#rounds) % known.length]!);
    this.#rounds++;
    let failure: unknown;
    const first = redirectedTo === undefined ? [] : [redirectedTo];
    for (const nodes of [[...first, ...asked.slice(0, ASKED_AT_ONCE)], [...seeds, ...asked]]) {
      try {
        this.#map.learn(await this.#viewsOf(nodes));
        this.#pool.retain(this.#map.nodes);
        return;
      } catch (error) {
        failure = error instanceof AggregateError ? error.errors[0] : error;
      }
    }
    throw failure;
  }

  /** Views of the servers that reply soon. @throws {AggregateError} none has replied */
  async #viewsOf(nodes: readonly NodeAddress[]): Promise<readonly ClusterView[]> {
    const views: ClusterView[] = [];
    const asked = nodes.map(async (node) => void views.push(await this.#viewOf(node)));
    await Promise.any(asked);
    const waited = createDeferred<void>();
    const stopTimer = SYSTEM_CLOCK.after(STRAGGLERS_MS, waited.resolve);
    await Promise.race([Promise.allSettled(asked), waited.promise]);
    stopTimer();
    return [...views];
  }

  async #viewOf(node: NodeAddress): Promise<ClusterView> {
    const connection = await this.#pool.get(node, "control");
    const stopTimer = afterSilence(REPLY_TIMEOUT_MS, () => connection.close());
    try {
      return parseClusterNodes(String(await connection.send(["CLUSTER", "NODES"])), node);
    } finally {
      stopTimer();
    }
  }
}
