import { createBackend } from "../../../backend/handler.ts";
import { type Route, routes } from "../../../backend/routes.ts";
import type { Clock } from "../../../base/clock.ts";
import type { Listener, NetAddress } from "../../../net/connection.ts";
import { connect, connectTls } from "../../../net/listen.ts";
import { serve } from "../../../serving/serve.ts";
import type { ServeOptions } from "../../../serving/serve_options.ts";
import { pageRoutes } from "../page/page_routes.ts";
import type { RequestStore } from "../store/request_store.ts";
import { EventFeed } from "./event_feed.ts";
import { jsonErrors } from "../../../backend/json_response.ts";
import { NextWaiters } from "./next_waiters.ts";
import { Replayer, type ReplayReach } from "./replay.ts";
import { requestRoutes } from "./request_routes.ts";
import { ruleRoutes } from "./rule_routes.ts";
import { streamRoutes } from "./stream_routes.ts";
import type { TrapStatus } from "./trap_status.ts";
import { guardPage, type PageGuardOptions } from "../../../backend/middleware/page_guard.ts";
import type { Journal } from "../capture/journal.ts";
import type { MicroClock } from "../records/micro_clock.ts";
import type { RuleEngine } from "../rules/rule_engine.ts";
import type { SignatureChecker } from "../signatures/signature_checker.ts";

/** Parts of {@linkcode serveUi}. */
export interface UiOptions {
  /** The store of requests. */
  readonly store: RequestStore;
  /** The rules. */
  readonly engine: RuleEngine;
  /** Reports the state of the trap. */
  readonly status: () => TrapStatus;
  /** Whether the first segment of the path is a bin. */
  readonly hasBins: boolean;
  /** How long requests are kept, in milliseconds; undefined means for ever. */
  readonly maxAgeMs?: number | undefined;
  /** The port of the trap itself; undefined when it listens on a unix socket. */
  readonly trapPort: number | undefined;
  /** The clients that may use page and API. */
  readonly guard: PageGuardOptions;
  /** The addresses that requests may be sent to again. */
  readonly replayReach: ReplayReach;
  /** Signs requests that are sent again. */
  readonly signatures: SignatureChecker;
  /** Called after a request was sent again. */
  readonly journal: Journal;
  /** How much content of a response is kept, in bytes. */
  readonly maxBodyBytes: number;
  /** The clock of the bytes. */
  readonly now: MicroClock;
  /** The time. */
  readonly clock: Clock;
  /** Further routes of this port. */
  readonly uiRoutes?: readonly Route[] | undefined;
  /** Limits, and the listener for failures. */
  readonly serving: ServeOptions;
}

/** The running server of page and API. */
export interface UiServer<Address extends NetAddress = NetAddress> {
  /** Its listening address. */
  readonly address: Address;
  /** Reports the state of the trap to the page soon. */
  sendStatus(): void;
  /** Stops gracefully: ends streams of events, and calls that wait for a request. */
  shutdown(): Promise<void>;
  /** Resolves when all is closed. */
  readonly finished: Promise<void>;
}

/** Serves page and API on a listener of their own. */
export function serveUi<Address extends NetAddress>(
  listener: Listener<Address>,
  options: UiOptions,
): UiServer<Address> {
  const { store, clock, engine, status } = options;
  const feed = new EventFeed(store, clock, status);
  engine.listen(() => feed.sendRules());
  const waiters = new NextWaiters(store, clock);
  const replayer = new Replayer({
    ...options,
    reach: options.replayReach,
    maxKeptBytes: options.maxBodyBytes,
    connect,
    connectTls,
  });
  const bins = { isOn: options.hasBins, maxAgeMs: options.maxAgeMs };
  const parts = { store, engine, feed, waiters, replayer, status, bins };
  const handler = routes([
    ...requestRoutes(parts),
    ...streamRoutes(parts),
    ...ruleRoutes(parts),
    ...options.uiRoutes ?? [],
    ...pageRoutes({ trapPort: options.trapPort }),
  ]);
  const backend = createBackend([jsonErrors, guardPage(options.guard)], handler);
  const server = serve(listener, backend, { ...options.serving, clock });
  return {
    address: server.address,
    sendStatus: () => feed.sendStatus(),
    shutdown(): Promise<void> {
      feed.close();
      waiters.close();
      return server.shutdown();
    },
    finished: server.finished,
  };
}
