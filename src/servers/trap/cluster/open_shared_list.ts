import { openCluster } from "../../../storage/cluster/server_checks.ts";
import type { StoreAddress } from "../../../storage/cluster/store_address.ts";
import { StoreOpenError } from "../../../storage/store_open_error.ts";
import { messageOfError } from "../../../base/error_text.ts";
export { SharedRules } from "./shared_rules.ts";
import { SharedList } from "./shared_list.ts";
import type { SharedListOptions } from "./shared_list_options.ts";

/** The flags for the list. */
export interface OpenListOptions extends Omit<SharedListOptions, "cluster"> {
  /** Address of the store. */
  readonly address: StoreAddress;
  /** Gets a line about each check that was not possible. */
  readonly onNotice: (message: string) => void;
}

/**
 * Opens the list of a store, and fills the copy of this node.
 *
 * @throws {StoreOpenError} when the store cannot be used
 */
export async function openSharedList(options: OpenListOptions): Promise<SharedList> {
  const { address, onNotice } = options;
  const cluster = await openCluster({ address, needsReplicas: false, onNotice });
  try {
    const list = new SharedList({ ...options, cluster });
    await list.begin();
    return list;
  } catch (error) {
    cluster.close();
    throw new StoreOpenError("failed", messageOfError(error), { cause: error });
  }
}
