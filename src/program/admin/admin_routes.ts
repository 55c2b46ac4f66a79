import type { Route } from "../../backend/routes.ts";
import { createResponse, type HttpResponse } from "../../http/response/response.ts";
import type { Figures } from "./figures.ts";
import { PROMETHEUS_TYPE, writePrometheusText } from "./prometheus_text.ts";

/** The sources of the admin routes. */
export interface Admin {
  /** The figures of `/metrics`. */
  readonly figures: Figures;
  /** Whether the server takes requests: not before it listens, and not while it stops. */
  readonly isReady: () => boolean;
}

/** The paths of the admin routes. Requests for them change nothing. */
export const ADMIN_PATHS = { health: "/healthz", readiness: "/readyz", figures: "/metrics" } as const;

const METHODS = "GET, HEAD";

/**
 * The routes that report the state to machines: `/healthz` says that the server lives, `/readyz` whether to
 * send it requests (503 if not), `/metrics` its figures for Prometheus. A page mounts them next to its own.
 */
export function adminRoutes({ figures, isReady }: Admin): readonly Route[] {
  return [
    [METHODS, ADMIN_PATHS.health, () => say(200, "ok\n")],
    [METHODS, ADMIN_PATHS.readiness, () => isReady() ? say(200, "ready\n") : say(503, "not ready\n")],
    [
      METHODS,
      ADMIN_PATHS.figures,
      () => say(200, writePrometheusText(figures.collect()), PROMETHEUS_TYPE),
    ],
  ];
}

// The state of this moment must not be cached.
function say(status: number, text: string, type = "text/plain; charset=utf-8"): HttpResponse {
  return createResponse(status, text, [["Content-Type", type], ["Cache-Control", "no-store"]]);
}
