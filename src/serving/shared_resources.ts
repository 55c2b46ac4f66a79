import type { Backend } from "../backend/handler.ts";
import { BufferPool, type BufferSize, USUAL_SIZES } from "../bytes/buffer_pool.ts";
import { ByteBudget } from "../bytes/byte_budget.ts";
import { MemoryBudget } from "../bytes/memory_budget.ts";
import type { RequestReaderOptions } from "../http/request/request_reader.ts";
import { CommonFields } from "../http/response/common_fields.ts";
import { JoinedHeads } from "../http/response/joined_heads.ts";
import { ResponsePreamble } from "../http/response/response_preamble.ts";
import { shareFastHeads } from "../http/tokens/head/fast_head.ts";
import { parseTrustedProxies, type TrustedProxies } from "../net/proxy/trusted_proxies.ts";
import { Deadlines } from "./timing/deadlines.ts";
import { FairQueue } from "./turns/fair_queue.ts";
import { ServingCounters } from "./figures.ts";
import { FlushBatch } from "./turns/flush_batch.ts";
import type { ServeSettings } from "./serve_options.ts";

// Besides its 2 KiB each, the read buffers of all connections may hold this part of the memory in addition to
// it. By default that is 16 MiB: enough for 256 uploads at full speed; all others go on in smaller pieces.
// Without this bound 5,000 uploads that stop after 64 KiB cost 320 MiB.
const READ_SHARE = 1 / 16;
// Sixteen uploads at full speed.
const MIN_READ_BYTES = 1_048_576;
// The pieces of a stream that are sent together; 8 MiB at the most are kept.
const STREAM_BUFFERS: BufferSize = { bytes: 262_144, maxFree: 32 };
const DRAIN_BYTES = 65_536;
const MAX_SWEEP_MS = 250;
const MIN_SWEEP_MS = 10;

/** The resources that all connections of a server share. */
export interface SharedResources {
  readonly backend: Backend;
  readonly settings: ServeSettings;
  readonly deadlines: Deadlines;
  readonly pool: BufferPool;
  readonly readBudget: ByteBudget;
  readonly memory: MemoryBudget;
  /** For bytes that are dropped unread. */
  readonly drainBuffer: Uint8Array;
  readonly readerOptions: RequestReaderOptions;
  readonly preamble: ResponsePreamble;
  readonly joined: JoinedHeads;
  readonly flushBatch: FlushBatch;
  readonly turns: FairQueue;
  readonly counters: ServingCounters;
  /** The proxies that may name the client; undefined if there are none. */
  readonly trustedProxies: TrustedProxies | undefined;
  /** Whether the server lets running requests finish, and takes no others. */
  isStopping: boolean;
}

/**
 * Makes the resources that the connections of one server share.
 *
 * @throws {TypeError} for a server name or a response field that cannot go on the wire, or a trusted proxy
 *   that is neither an address nor a network
 * @throws {RangeError} for too many response fields
 */
export function createSharedResources(backend: Backend, settings: ServeSettings): SharedResources {
  const turns = new FairQueue();
  const { trustedProxies: trusted, memory = new MemoryBudget(settings.maxBufferedBytes) } = settings;
  return {
    backend,
    settings,
    deadlines: new Deadlines(settings.clock, sweepMs(settings), turns),
    pool: new BufferPool([...USUAL_SIZES, STREAM_BUFFERS]),
    readBudget: new ByteBudget(Math.max(memory.maxBytes * READ_SHARE, MIN_READ_BYTES)),
    memory,
    drainBuffer: new Uint8Array(DRAIN_BYTES),
    readerOptions: { ...settings, createFastReader: shareFastHeads() },
    preamble: new ResponsePreamble(settings.serverName, commonFieldsOf(settings)),
    joined: new JoinedHeads(),
    flushBatch: new FlushBatch(settings.clock),
    turns,
    counters: new ServingCounters(),
    trustedProxies: trusted.length === 0 ? undefined : parseTrustedProxies(trusted.join(",")),
    isStopping: false,
  };
}

function sweepMs(settings: ServeSettings): number {
  const { headTimeoutMs, bodyTimeoutMs, idleTimeoutMs, writeTimeoutMs, lingerTimeoutMs } = settings;
  const shortest = Math.min(headTimeoutMs, bodyTimeoutMs, idleTimeoutMs, writeTimeoutMs, lingerTimeoutMs);
  return Math.max(MIN_SWEEP_MS, Math.min(MAX_SWEEP_MS, shortest / 4));
}

function commonFieldsOf({ responseFields }: ServeSettings): CommonFields | undefined {
  return responseFields.length === 0 ? undefined : new CommonFields(responseFields);
}
