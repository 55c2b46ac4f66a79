import type { RequestStore } from "../store/request_store.ts";
import type { RuleEngine } from "../rules/rule_engine.ts";
import type { EventFeed } from "./event_feed.ts";
import type { NextWaiters } from "./next_waiters.ts";
import type { Replayer } from "./replay.ts";
import type { TrapStatus } from "./trap_status.ts";

/** Settings of the bins. */
export interface BinSettings {
  /** Whether the first segment of the path is a bin. */
  readonly isOn: boolean;
  /** How long requests are kept, in milliseconds; undefined means for ever. */
  readonly maxAgeMs: number | undefined;
}

/** Parts that the routes of the API share. */
export interface ApiParts {
  /** The store of requests. */
  readonly store: RequestStore;
  /** The rules. */
  readonly engine: RuleEngine;
  /** Gives out events. */
  readonly feed: EventFeed;
  /** Waits for requests. */
  readonly waiters: NextWaiters;
  /** Sends requests again. */
  readonly replayer: Replayer;
  /** Reports the state of the trap. */
  readonly status: () => TrapStatus;
  /** Settings of the bins. */
  readonly bins: BinSettings;
}
