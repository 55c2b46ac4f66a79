import type { Route } from "../../../backend/routes.ts";

/** The rows for the live page: all paths of the UI port outside of `/api`. */
export function pageRoutes(): readonly Route[] {
  return [];
}
