import type { Clock } from "../../../base/clock.ts";
import type { Cluster } from "../../../storage/cluster/cluster.ts";
import type { RequestStore } from "../store/request_store.ts";

/** Parts of a list. */
export interface SharedListOptions {
  /** The servers; closed with the list. */
  readonly cluster: Cluster;
  /** The copy of this node. */
  readonly store: RequestStore;
  /** For the time between two writes. */
  readonly clock: Clock;
  /** Takes rules of another node, or rules that were in the store before. @param source JSON */
  readonly onRules: (source: string) => void;
  /** Called when the store is away, once until it is back. */
  readonly onError: (error: Error) => void;
  /** Called when it is back. @param count requests that have waited */
  readonly onRecovered: (count: number) => void;
}
