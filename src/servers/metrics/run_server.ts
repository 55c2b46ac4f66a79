import type { NetAddress, TcpAddress } from "../../net/address.ts";
import type { Listener } from "../../net/connection.ts";
import { listen } from "../../net/listen.ts";
import { createMetrics, type MetricsServer } from "./create_metrics.ts";
import type { MetricsServerOptions } from "./options.ts";
import { MemoryStore } from "./samples/memory_store.ts";
import type { MetricStore } from "./store.ts";

export type { MetricsServer } from "./create_metrics.ts";

/**
 * Starts a metrics server: `put KEY VALUE TIMESTAMP` and `get KEY` in lines over TCP.
 *
 * ```ts
 * const server = await runServer("127.0.0.1", 0);
 * console.log(server.address.port);
 * await server.close();
 * ```
 *
 * @param host address or name to bind
 * @param port TCP port; 0 asks for any free one
 * @throws {StoreOpenError} when the database file cannot be used; it is unchanged then
 * @throws {ConnectionError} `in-use`, `denied`, `not-available` or `failed` when the port cannot be opened
 */
export async function runServer<Address extends NetAddress = TcpAddress>(
  host: string,
  port: number,
  options: MetricsServerOptions<Address> = {},
): Promise<MetricsServer<Address>> {
  const store = options.store ?? await openStore(options);
  try {
    const listener = options.openPort === undefined
      // Without another way to open the port, the address is one of TCP.
      ? await listen({ hostname: host, port }) as Listener<NetAddress> as Listener<Address>
      : await options.openPort(port);
    return createMetrics(listener, store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Opens the store that the options name.
 *
 * @throws {StoreOpenError} when the database file cannot be used; it is unchanged then
 */
export async function openStore<Address extends NetAddress>(
  options: MetricsServerOptions<Address>,
): Promise<MetricStore> {
  const { dataFile } = options;
  if (dataFile === undefined) return new MemoryStore(options);
  // Loaded only when needed, because not every runtime has the database.
  const { openDurableStore } = await import("./durable/durable_store.ts");
  return await openDurableStore(dataFile, options);
}
