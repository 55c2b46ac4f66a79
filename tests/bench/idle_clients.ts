import { pin } from "./machine.ts";
import { withRaisedLimit } from "./peers/peer.ts";
import type { Bench } from "./section.ts";

/** How many idle clients a server is given. */
export const IDLE_CONNECTIONS = 10_000;

const CLIENT = decodeURIComponent(new URL("./clients/idle_connections.ts", import.meta.url).pathname);

/**
 * Opens many connections, receives one response on each, and closes them again.
 *
 * @param line the text to send on each; without it a request for the hello
 */
export async function holdIdleConnections(bench: Bench, port: number, line?: string): Promise<void> {
  const args = [String(port), String(IDLE_CONNECTIONS), ...(line === undefined ? [] : [line])];
  const program = [Deno.execPath(), "run", "--quiet", "--allow-net", CLIENT, ...args];
  const client = bench.processes.start(withRaisedLimit(pin(bench.machine, 1, program)));
  try {
    const said = await client.nextLine();
    if (said !== `open ${IDLE_CONNECTIONS}`) throw new Error(`Cannot open the connections: "${said}"`);
  } finally {
    await client.stop();
  }
}
