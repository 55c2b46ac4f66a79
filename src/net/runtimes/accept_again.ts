// Deno's node:net forgets its port when a connection cannot be accepted.

import type { Server } from "node:net";
import { clearInterval, setInterval } from "node:timers";

const EVERY_MS = 250;
// The default of node:net.
const BACKLOG = 511;

/**
 * Makes a port of Deno's node:net accept again after descriptors ran out. Then Deno (2.9.6) stops watching
 * the port for good, without an event or an error. Listening on it once more starts again; if it had not
 * stopped, that changes nothing and costs 0.1 µs.
 *
 * @returns stops this
 */
export function acceptAgain(server: Server & { _handle?: unknown }): () => void {
  const timer = setInterval(() => {
    const handle = server._handle as { readonly listen?: (backlog: number) => number } | null | undefined;
    handle?.listen?.(BACKLOG);
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
