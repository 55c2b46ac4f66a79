// The page's port: the page and its API, Graphite's routes, and those of administration.

import { createBackend } from "../../backend/handler.ts";
import { jsonErrors } from "../../backend/json_response.ts";
import { guardPage, type PageGuardOptions } from "../../backend/middleware/page_guard.ts";
import { showErrors } from "../../backend/middleware/show_errors.ts";
import { type Route, routes } from "../../backend/routes.ts";
import type { Listener } from "../../net/connection.ts";
import { serve, type Server } from "../../serving/serve.ts";
import type { ServeOptions } from "../../serving/serve_options.ts";
import { type GraphiteParts, graphiteRoutes } from "./graphite/graphite_routes.ts";
import { type MetricsPageParts, metricsPageRoutes } from "./page/page_routes.ts";
import { StatusFeed } from "./page/status_feed.ts";

/** Parts of {@linkcode serveMetricsUi}. */
export interface MetricsUiParts extends Omit<MetricsPageParts, "feed">, GraphiteParts {
  /** The clients that may use it. */
  readonly guard: PageGuardOptions;
  /** Routes for machines: health, readiness, figures. */
  readonly adminRoutes: readonly Route[];
  /** Limits, and listeners for failures. */
  readonly serving: ServeOptions;
}

/** The page's port in service. */
export type MetricsUi = Pick<Server, "address" | "finished" | "shutdown">;

/** Serves the page's port. */
export function serveMetricsUi(listener: Listener, parts: MetricsUiParts): MetricsUi {
  const { status, clock, guard, adminRoutes, serving } = parts;
  const feed = new StatusFeed(status, clock);
  const handler = routes([
    ...adminRoutes,
    ...graphiteRoutes(parts),
    ...metricsPageRoutes({ ...parts, feed }),
  ]);
  const middleware = [jsonErrors, showErrors({ isShown: () => false }), guardPage(guard)];
  const server = serve(listener, createBackend(middleware, handler), { ...serving, clock });
  return {
    address: server.address,
    finished: server.finished,
    shutdown: () => {
      feed.close();
      return server.shutdown();
    },
  };
}
