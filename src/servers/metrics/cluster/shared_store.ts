import { UsageError } from "../../../program/flags/flag.ts";
import { storeError } from "../../../program/command.ts";
import type { StoreAddress } from "../../../storage/cluster/store_address.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";
import type { MetricsLog } from "../options.ts";
import type { ClusterStoreOptions, OpenedClusterStore } from "./open_cluster_store.ts";

/** The flags for the store. */
export interface SharedStoreRequest extends ClusterStoreOptions {
  /** Its address; undefined if the server keeps its samples itself. */
  readonly address: StoreAddress | undefined;
  /** The source of each given flag. */
  readonly given: ReadonlyMap<string, string>;
  /** Called with one line about each event of the store. */
  readonly log: MetricsLog;
}

/**
 * Opens the store of `--store`. No part of it is loaded without the flag.
 *
 * @throws {UsageError | StartError} when it cannot be used
 */
export async function openSharedStore(request: SharedStoreRequest): Promise<OpenedClusterStore | undefined> {
  const { address, given, log } = request;
  if (address === undefined) {
    const way = given.get("ack");
    if (way !== undefined) throw new UsageError(`bad value for ${way}: expected it together with --store`);
    return undefined;
  }
  for (const flag of ["data", "durability"]) {
    const way = given.get(flag);
    if (way !== undefined) throw new UsageError(`bad value for ${given.get("store")}: ${way} is given too`);
  }
  const { openClusterStore } = await import("./open_cluster_store.ts");
  try {
    return await openClusterStore(address, {
      ...request,
      onNotice: (message) => log.error?.(message),
      onHealth: ({ isReady, reason }) =>
        log.error?.(isReady ? "the store is back" : `the store is away: ${reason}`),
    });
  } catch (error) {
    throw error instanceof StoreOpenError ? storeError("--store", error) : error;
  }
}
