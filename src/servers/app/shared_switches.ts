// Switches that all nodes share: a hash in the store has them, every node has a copy, and a channel announces
// changes. Only a request that switches waits for the store.

import { SYSTEM_CLOCK } from "../../base/clock.ts";
import { messageOfError } from "../../base/error_text.ts";
import {
  type ClientSwitches,
  createClientSwitches,
  type SwitchScope,
  type SwitchState,
} from "../../backend/client_switches.ts";
import { HttpError } from "../../http/errors.ts";
import type { Cluster } from "../../storage/cluster/cluster.ts";
import { ClusterHealth } from "../../storage/cluster/cluster_health.ts";
import { slotOf } from "../../storage/cluster/key_slot.ts";
import type { RedisConnector, RedisSubscription, Reply } from "../../storage/cluster/redis_connection.ts";
import { openCluster } from "../../storage/cluster/server_checks.ts";
import { StoreOpenError } from "../../storage/store_open_error.ts";
import type { StoreAddress } from "../../storage/cluster/store_address.ts";

const KEY = "millrace:app";
const CHANNEL = "millrace:app:changes";
const SLOT = slotOf(KEY);
const DEADLINE_MS = 3_000;

// The channel announces changes within milliseconds; this is for a node that has lost a message.
const RELOAD_MS = 5_000;
const LISTEN_AGAIN_MS = 200;

const MAX_CLIENTS = 10_000;

// One step for the store, so that all nodes hear of changes in the order that counts. Beyond the limit a
// random client goes back to the defaults.
const CHANGE = `
if ARGV[2] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], redis.call('HRANDFIELD', KEYS[1])) end
redis.call('PUBLISH', ARGV[4], ARGV[1] .. '=' .. ARGV[2])
return 1`;

const READ = "return redis.call('HGETALL', KEYS[1])";

/** Options of shared switches. */
export interface SharedSwitchesOptions {
  /** Address of the store. */
  readonly address: StoreAddress;
  /** Owner of a switch. */
  readonly scope: SwitchScope;
  /** Called with one line about each event of the store. */
  readonly onNotice: (message: string) => void;
  /** Opens connections; default the client package. */
  readonly connector?: RedisConnector | undefined;
}

/** Switches of all nodes. */
export interface SharedSwitches {
  /** This node's copy. */
  readonly switches: ClientSwitches;
  /** Watches the store. */
  readonly health: ClusterHealth;
  /** Ends the connections. */
  close(): void;
}

/** Opens the switches in a store. @throws {StoreOpenError} when it cannot be used */
export async function openSharedSwitches(options: SharedSwitchesOptions): Promise<SharedSwitches> {
  const { address, scope, onNotice, connector } = options;
  const cluster = await openCluster({ address, needsReplicas: false, onNotice, connector });
  const health = new ClusterHealth(cluster, {
    replicas: 0,
    onChange: ({ isReady, reason }) =>
      onNotice(isReady ? "the store is back" : `the store is away: ${reason}`),
  });
  const switches = createClientSwitches({
    scope,
    maxClients: MAX_CLIENTS,
    keep: (client, change) => keep(cluster, client, change),
  });
  const follower = new Follower(cluster, switches);
  const close = (): void => {
    follower.close();
    health.close();
    cluster.close();
  };
  try {
    await follower.begin();
  } catch (error) {
    close();
    throw new StoreOpenError("failed", messageOfError(error), { cause: error });
  }
  return { switches, health, close };
}

// A field for each switch, so that simultaneous changes of two switches do not undo each other.
async function keep(cluster: Cluster, client: string, change: Partial<SwitchState>): Promise<void> {
  const fields: [string, string][] = [];
  if (change.logForm !== undefined) {
    fields.push([`log:${client}`, change.logForm === "full" ? "" : change.logForm]);
  }
  if (change.showsErrors !== undefined) fields.push([`errors:${client}`, change.showsErrors ? "shown" : ""]);
  try {
    await cluster.run(
      fields.map(([field, value]) => ({
        slot: SLOT,
        command: ["EVAL", CHANGE, "1", KEY, field, value, String(MAX_CLIENTS * 2), CHANNEL],
      })),
      { role: "write", replicas: 0, deadlineMs: DEADLINE_MS },
    );
  } catch (cause) {
    throw new HttpError(503, `Cannot change the switch: ${messageOfError(cause)}`, { cause });
  }
}

/** Keeps a copy up to date. */
class Follower {
  readonly #cluster: Cluster;
  readonly #switches: ClientSwitches;
  #subscription: RedisSubscription | undefined;
  #changes = 0;
  #stopTimer: (() => void) | undefined;
  #rounds = 0;
  #isClosed = false;

  constructor(cluster: Cluster, switches: ClientSwitches) {
    this.#cluster = cluster;
    this.#switches = switches;
  }

  async begin(): Promise<void> {
    await this.#listen();
    this.#schedule(RELOAD_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#subscription?.close();
  }

  // It listens first and loads then, so that it hears of changes in between.
  async #listen(): Promise<void> {
    const nodes = this.#cluster.map.primaries;
    const node = nodes[this.#rounds++ % nodes.length];
    if (node === undefined) throw new Error("no server of the store is known");
    const subscription = await this.#cluster.pool.connector.subscribe({
      node,
      channel: CHANNEL,
      onMessage: (message) => this.#take(message),
      onEnd: () => {
        if (this.#subscription !== subscription) return;
        this.#subscription = undefined;
        this.#schedule(0);
      },
    });
    if (this.#isClosed) return subscription.close();
    this.#subscription = subscription;
    await this.#load();
  }

  async #load(): Promise<void> {
    const changes = this.#changes;
    const reply = await this.#cluster.read(SLOT, ["EVAL", READ, "1", KEY], DEADLINE_MS);
    // A change that came during the load may be newer, so the next load takes everything again.
    if (changes !== this.#changes) return;
    this.#switches.replaceAll(toStates(reply as readonly Reply[]));
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed) return;
    this.#stopTimer?.();
    this.#stopTimer = SYSTEM_CLOCK.after(delayMs, () => void this.#lookAgain());
  }

  async #lookAgain(): Promise<void> {
    try {
      if (this.#subscription === undefined) await this.#listen();
      else await this.#load();
      this.#schedule(RELOAD_MS);
    } catch {
      // The store is away, which its health has already reported.
      this.#schedule(LISTEN_AGAIN_MS);
    }
  }

  #take(message: string): void {
    this.#changes++;
    const equals = message.lastIndexOf("=");
    const change = toChange(message.slice(0, equals), message.slice(equals + 1));
    if (change !== undefined) this.#switches.set(change.client, change.state);
  }
}

function toStates(reply: readonly Reply[]): ReadonlyMap<string, Partial<SwitchState>> {
  const states = new Map<string, Partial<SwitchState>>();
  for (let index = 0; index + 1 < reply.length; index += 2) {
    const change = toChange(String(reply[index]), String(reply[index + 1]));
    if (change !== undefined) states.set(change.client, { ...states.get(change.client), ...change.state });
  }
  return states;
}

function toChange(
  field: string,
  value: string,
): { readonly client: string; readonly state: Partial<SwitchState> } | undefined {
  const colon = field.indexOf(":");
  const client = field.slice(colon + 1);
  switch (field.slice(0, colon)) {
    case "log":
      return { client, state: { logForm: value === "short" ? "short" : "full" } };
    case "errors":
      return { client, state: { showsErrors: value === "shown" } };
    default:
      return undefined;
  }
}
