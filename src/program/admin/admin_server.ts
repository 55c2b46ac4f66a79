import { createBackend } from "../../backend/handler.ts";
import { routes } from "../../backend/routes.ts";
import { showErrors } from "../../backend/middleware/show_errors.ts";
import type { Clock } from "../../base/clock.ts";
import type { Listener, NetAddress } from "../../net/connection.ts";
import { serve, type Server } from "../../serving/serve.ts";
import { type Admin, adminRoutes } from "./admin_routes.ts";

/** Parts of the admin port, apart from the figures. */
export interface AdminServerOptions {
  /** The time. */
  readonly clock: Clock;
  /** Called with failures that no response can carry. */
  readonly onError: (error: unknown, client: NetAddress) => void;
}

// Scrapers and probes, a few of each.
const MAX_CONNECTIONS = 64;
const GRACE_MS = 500;

/** Serves the admin routes on a port of their own. */
export function serveAdmin(listener: Listener, admin: Admin, options: AdminServerOptions): Server {
  const backend = createBackend([showErrors({ isShown: () => false })], routes(adminRoutes(admin)));
  return serve(listener, backend, { ...options, maxConnections: MAX_CONNECTIONS, graceMs: GRACE_MS });
}
