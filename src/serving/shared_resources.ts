import type { Backend } from "../backend/handler.ts";
import type { BufferPool } from "../bytes/buffer_pool.ts";
import type { ByteBudget } from "../bytes/byte_budget.ts";
import type { Deadlines } from "./deadlines.ts";
import type { FlushBatch } from "./flush_batch.ts";
import type { FairQueue } from "./fair_queue.ts";
import type { ResponsePreamble } from "../http/response/process_response.ts";
import type { ServeSettings } from "./serve_options.ts";

/** What all connections of a server share. */
export interface SharedResources {
  readonly backend: Backend;
  readonly settings: ServeSettings;
  readonly deadlines: Deadlines;
  readonly pool: BufferPool;
  readonly readBudget: ByteBudget;
  /** For bytes that nobody looks at. */
  readonly drainBuffer: Uint8Array;
  readonly preamble: ResponsePreamble;
  readonly flushBatch: FlushBatch;
  readonly turns: FairQueue;
}
