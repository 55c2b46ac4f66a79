import type { RequestKeeper } from "../store/request_keeper.ts";
import type { RequestStore } from "../store/request_store.ts";

/** How the trap is, as `GET /api/status` says. */
export interface TrapStatus {
  /** Requests that are kept. */
  readonly requests: number;
  /** Their bytes, and those of their responses. */
  readonly bytes: number;
  /** Requests that were dropped because of the bounds, since the start. */
  readonly evicted: number;
  /** Requests that wait to be written to the file. */
  readonly waiting: number;
  /** Why the file cannot be written; null when it can, or when there is none. */
  readonly storageError: string | null;
}

/** Tells how the trap is. */
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
