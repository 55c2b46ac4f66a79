import { createBackend } from "../../../backend/handler.ts";
import { routes } from "../../../backend/routes.ts";
import type { Clock } from "../../../base/clock.ts";
import type { Listener, NetAddress } from "../../../net/connection.ts";
import { connect } from "../../../net/listen.ts";
import { serve } from "../../../serving/serve.ts";
import type { ServeOptions } from "../../../serving/serve_options.ts";
import { pageRoutes } from "../page/page_routes.ts";
import type { RequestStore } from "../records/request_store.ts";
import { EventFeed } from "./event_feed.ts";
import { guardOrigin } from "./guard.ts";
import { jsonErrors } from "../../../backend/json_response.ts";
import { NextWaiters } from "./next_waiters.ts";
import { Replayer } from "./replay.ts";
import { apiRoutes } from "./request_routes.ts";

/** Parts of {@linkcode serveUi}. */
export interface UiOptions {
  /** Where the requests are. */
  readonly store: RequestStore;
  /** The port of the trap itself; undefined when it listens on a unix socket. */
  readonly trapPort: number | undefined;
  /** The address or name that the user gave. */
  readonly hostname: string;
  /** Whether requests may be replayed to private and loopback addresses. */
  readonly replaysToPrivate: boolean;
  /** The time. */
  readonly clock: Clock;
  /** Limits, and what is told of failures. */
  readonly serving: ServeOptions;
}

/** The page and the API, being served. */
export interface UiServer<Address extends NetAddress = NetAddress> {
  /** Where it listens. */
  readonly address: Address;
  /** Stops gracefully: ends streams of events, and whoever waits for a request. */
  shutdown(): Promise<void>;
  /** Resolves when all is closed. */
  readonly finished: Promise<void>;
}

/** Serves page and API on a listener of their own. */
export function serveUi<Address extends NetAddress>(
  listener: Listener<Address>,
  options: UiOptions,
): UiServer<Address> {
  const { store, trapPort, hostname, clock } = options;
  const feed = new EventFeed(store, clock);
  const waiters = new NextWaiters(store, clock);
  const replayer = new Replayer({ allowsPrivate: options.replaysToPrivate, clock, connect });
  const handler = routes([...apiRoutes({ store, feed, waiters, replayer }), ...pageRoutes({ trapPort })]);
  const backend = createBackend([jsonErrors, guardOrigin(hostname)], handler);
  const server = serve(listener, backend, { ...options.serving, clock });
  return {
    address: server.address,
    shutdown(): Promise<void> {
      feed.close();
      waiters.close();
      return server.shutdown();
    },
    finished: server.finished,
  };
}
