import type { Connection, Listener, ListenOptions, NetAddress } from "./connection.ts";
import { connectWithDeno, listenWithDeno } from "./deno.ts";

/**
 * Opens a TCP port through the adapter of the runtime at hand.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available`, `bad-certificate` or `failed`
 */
// deno-lint-ignore require-await -- other runtimes open ports asynchronously, and a failure must reject everywhere
export async function listen(options: ListenOptions): Promise<Listener> {
  return listenWithDeno(options);
}

/** Opens a plain TCP connection. @throws {ConnectionError} `refused`, `denied` or `failed` */
export function connect(address: NetAddress): Promise<Connection> {
  return connectWithDeno(address);
}
