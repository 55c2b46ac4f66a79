// Flags of the servers whose state several nodes can share.

import {
  parseStoreAddress,
  STORE_ADDRESS_FORM,
  type StoreAddress,
} from "../../storage/cluster/store_address.ts";
import type { Flag } from "./flag.ts";
import { checkedFlag } from "./flag_kinds.ts";

/** `--store URL`: a Redis or Valkey Cluster. @param help what it keeps */
export function storeFlag(help: string): Flag<StoreAddress | undefined> {
  return checkedFlag<StoreAddress, undefined>({
    placeholder: "URL",
    // It may hold a password.
    isSecret: true,
    help,
    default: undefined,
    expected: STORE_ADDRESS_FORM,
    parse: parseStoreAddress,
  });
}
