import type { ClientSwitches } from "../../backend/client_switches.ts";
import type { Middleware } from "../../backend/handler.ts";

/** Parts of the app that are made outside of it. */
export interface AppOptions {
  /** The switches of the clients; the logging middleware must use the same ones. */
  readonly switches: ClientSwitches;
  /** The layer that writes the logs, outside of all others; none by default. */
  readonly logging?: Middleware;
}
