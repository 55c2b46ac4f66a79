import { SYSTEM_CLOCK } from "../../base/clock.ts";
import { ownMessageOf } from "../../base/error_text.ts";
import { afterSilence } from "./silence.ts";
import type { Cluster } from "./cluster.ts";
import { type NodeAddress, showNode } from "./store_address.ts";

/** The current state of the store. */
export interface StoreHealth {
  /** Whether every part of it takes writes. */
  readonly isReady: boolean;
  /** Why not, in words. */
  readonly reason: string;
}

/** How health is watched. */
export interface HealthOptions {
  /** How many replicas each primary needs. */
  readonly replicas: number;
  /** How often to look; default 1,000. */
  readonly intervalMs?: number | undefined;
  /** Hears each change. */
  readonly onChange?: ((health: StoreHealth) => void) | undefined;
}

const INTERVAL_MS = 1_000;
const CHECK_TIMEOUT_MS = 1_000;
const READY: StoreHealth = { isReady: true, reason: "" };

/** Looks at the servers of a store from time to time, so that a loss is noticed without traffic. */
export class ClusterHealth {
  readonly #cluster: Cluster;
  readonly #options: HealthOptions;
  readonly #stopLooking: () => void;
  #health: StoreHealth = READY;
  #isLooking = false;
  #isClosed = false;

  /** Begins to look; the store counts as ready until the first look says otherwise. */
  constructor(cluster: Cluster, options: HealthOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#stopLooking = SYSTEM_CLOCK.every(options.intervalMs ?? INTERVAL_MS, () => void this.#look());
  }

  /** The state of the store at the last look. */
  get current(): StoreHealth {
    return this.#health;
  }

  /** Takes the result of a use of the store. @param reason why it failed */
  reportFailure(reason: string): void {
    this.#set({ isReady: false, reason });
  }

  /** Stops looking. */
  close(): void {
    this.#isClosed = true;
    this.#stopLooking();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#cluster.refresh();
      const { map } = this.#cluster;
      if (!map.isComplete) throw new Error("slots of the cluster have no server");
      await Promise.all(map.primaries.map((node) => this.#check(node)));
      this.#set(READY);
    } catch (error) {
      this.#set({ isReady: false, reason: ownMessageOf(error) });
    } finally {
      this.#isLooking = false;
    }
  }

  // ROLE says `master, offset, [replicas]` (Redis 7.0).
  async #check(node: NodeAddress): Promise<void> {
    const connection = await this.#cluster.pool.get(node, "control");
    const stopTimer = afterSilence(CHECK_TIMEOUT_MS, () => connection.close());
    try {
      const role = await connection.send(["ROLE"]);
      const [name, , replicas] = Array.isArray(role) ? role : [];
      if (String(name) !== "master") throw new Error(`${showNode(node)} is no primary any more`);
      const count = Array.isArray(replicas) ? replicas.length : 0;
      if (count < this.#options.replicas) throw new Error(`${showNode(node)} has no replica`);
    } finally {
      stopTimer();
    }
  }

  #set(health: StoreHealth): void {
    if (this.#isClosed) return;
    const hasChanged = health.isReady !== this.#health.isReady;
    this.#health = health;
    if (hasChanged) this.#options.onChange?.(health);
  }
}
