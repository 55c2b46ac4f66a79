import type { Route } from "../../../backend/routes.ts";
import { pageFileRoutes } from "../../../program/page/page_routes.ts";
import { trapPageDocument, trapPageFiles } from "./page_files.ts";

/** Options of the page. */
export interface PageOptions {
  /** The port of the trap; default the one before the page's own. */
  readonly trapPort?: number | undefined;
}

/** The rows for the live page: all paths of the UI port outside of `/api`. */
export function pageRoutes({ trapPort }: PageOptions = {}): readonly Route[] {
  return pageFileRoutes([["/", trapPageDocument(trapPort)], ...trapPageFiles()]);
}
