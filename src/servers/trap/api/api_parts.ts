import type { RequestStore } from "../records/request_store.ts";
import type { RuleEngine } from "../rules/rule_engine.ts";
import type { EventFeed } from "./event_feed.ts";
import type { NextWaiters } from "./next_waiters.ts";
import type { Replayer } from "./replay.ts";
import type { TrapStatus } from "./trap_status.ts";

/** What the rows of the API work with. */
export interface ApiParts {
  /** Where the requests are. */
  readonly store: RequestStore;
  /** The rules. */
  readonly engine: RuleEngine;
  /** Gives out events. */
  readonly feed: EventFeed;
  /** Waits for requests. */
  readonly waiters: NextWaiters;
  /** Sends requests again. */
  readonly replayer: Replayer;
  /** How the trap is. */
  readonly status: () => TrapStatus;
}
