import type { RequestKeeper } from "../store/request_keeper.ts";
import type { RequestStore } from "../store/request_store.ts";

/** The state of the trap, for `GET /api/status`. */
export interface TrapStatus {
  /** The number of kept requests. */
  readonly requests: number;
  /** Their bytes, and those of their responses. */
  readonly bytes: number;
  /** The number of requests that were dropped because of the bounds, since the start. */
  readonly evicted: number;
  /** The number of requests that wait to be written to the file. */
  readonly waiting: number;
  /** Why the file cannot be written; null when it can be written, or when there is no file. */
  readonly storageError: string | null;
}

/** Reports the state of the trap. */
export function readTrapStatus(
  { size, bytes, evicted }: RequestStore,
  keeper: RequestKeeper | undefined,
  storageError?: string,
): TrapStatus {
  return {
    requests: size,
    bytes,
    evicted,
    waiting: keeper?.waiting ?? 0,
    storageError: keeper?.error?.message ?? storageError ?? null,
  };
}
