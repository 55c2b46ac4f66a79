import { Buffer } from "node:buffer";
import { ownMessageOf } from "../../../base/error_text.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import type { Cluster } from "../../../storage/cluster/cluster.ts";
import type { ClusterHealth } from "../../../storage/cluster/cluster_health.ts";
import type { Partition } from "../../../storage/cluster/key_slot.ts";
import { StoreError } from "../../../storage/cluster/redis_connection.ts";
import { firstKeptTimestamp, keptSpan, refuseTimestamp } from "../samples/retention.ts";
import type {
  ByteRange,
  KeyReader,
  MetricStore,
  PutCommand,
  PutOutcome,
  RowReader,
  StoreLimits,
  TimeSpan,
} from "../store.ts";
import { BatchWriter } from "./writing/batch_writer.ts";
import { readKeys, readRows } from "./reading/cluster_readers.ts";
import { Expiry } from "./writing/expiry.ts";
import { KeySelection } from "./reading/key_selection.ts";
import { KnownKeys } from "./reading/known_keys.ts";
import { LimitKeeper } from "./writing/limit_keeper.ts";
import { SeriesSource } from "./reading/series_source.ts";
import { StoreCounts } from "./store_counts.ts";
import { WriteQueue } from "./writing/write_queue.ts";

// The keys whose samples are read at a time, at most 256 KiB of each.
const WINDOW_KEYS = 64;

// The keys that are deleted in one go; puts wait that long.
const DELETED_AT_ONCE = 1_024;

/** Parts of a store. */
export interface ClusterStoreParts {
  /** The servers. */
  readonly cluster: Cluster;
  /** Watches them; closed with the store. */
  readonly health: ClusterHealth;
  /** The parts of the data. */
  readonly partitions: readonly Partition[];
  /** The number of replicas that must have acknowledged samples. */
  readonly replicas: number;
  /** After this long a batch has failed; default 15,000. */
  readonly deadlineMs?: number | undefined;
}

/** A {@linkcode MetricStore} in a Redis or Valkey Cluster that any number of nodes share. */
export class ClusterStore implements MetricStore {
  readonly #parts: ClusterStoreParts;
  readonly #limits: StoreLimits;
  readonly #now: () => number;
  readonly #known: KnownKeys;
  readonly #writer: BatchWriter;
  readonly #queue: WriteQueue;
  readonly #selection: KeySelection;
  readonly #counts: StoreCounts;
  readonly #keeper: LimitKeeper | undefined;
  readonly #expiry: Expiry | undefined;
  #maintaining: Promise<void> | undefined;
  #isClosed = false;

  /** Makes the store; {@linkcode ClusterStore.begin} must be called before anything else. */
  constructor(parts: ClusterStoreParts, limits: StoreLimits) {
    const { cluster, partitions, health } = parts;
    this.#parts = parts;
    this.#limits = limits;
    this.#now = limits.now ?? Date.now;
    this.#known = new KnownKeys(partitions);
    this.#writer = new BatchWriter(parts);
    this.#counts = new StoreCounts(cluster, partitions);
    this.#queue = new WriteQueue(this.#writer, {
      onWritten: (added) => this.#counts.samples += added,
      onFailed: (error) => health.reportFailure(ownMessageOf(error)),
    }, parts.deadlineMs);
    this.#selection = new KeySelection(cluster, partitions, () => this.#queue.deadlineMs);
    if (limits.maxSeries !== undefined || limits.maxSamples !== undefined) {
      this.#keeper = this.#createKeeper();
    }
    const { retentionSeconds } = limits;
    if (retentionSeconds !== undefined) {
      const deadlineMs = this.#queue.deadlineMs;
      this.#expiry = new Expiry(cluster, partitions, { retentionSeconds, deadlineMs });
    }
  }

  /** Counts keys and samples, if a limit needs it. @throws {StoreError} the store did not reply in time */
  async begin(): Promise<void> {
    if (this.#keeper !== undefined) await this.#counts.refresh(this.#queue.deadlineMs);
  }

  /** Takes a sample; it is stored when a commit has settled. */
  put(command: PutCommand): MaybePromise<PutOutcome> {
    if (this.#isClosed) throw new StoreError("Cannot store: the store was closed");
    const { timestamp } = command;
    const refusal = refuseTimestamp(timestamp, this.#limits, this.#now);
    if (refusal !== undefined) return refusal;
    if (this.#keeper !== undefined && !this.#keeper.allows(command)) {
      const copy = copyOf(command);
      return this.#keeper.decide(copy, () => this.#add(copy));
    }
    const room = this.#queue.room();
    if (room !== undefined) return this.#addLater(copyOf(command), room);
    this.#add(command);
    return "stored";
  }

  /** Opens the rows of the keys that a name means. */
  async openRows(name: ByteRange, span: TimeSpan): Promise<RowReader> {
    const nextKeys = await this.#selection.select(name, WINDOW_KEYS);
    return await readRows(this.#source(), nextKeys, keptSpan(span, this.#firstTimestamp()));
  }

  /** Opens the keys that match a pattern. */
  async openKeys(pattern: ByteRange): Promise<KeyReader> {
    const nextKeys = await this.#selection.selectPattern(pattern, WINDOW_KEYS);
    const firstKept = this.#firstTimestamp();
    if (firstKept === -Infinity) return readKeys(nextKeys);
    const source = this.#source();
    return readKeys(async () => {
      for (;;) {
        const keys = await nextKeys();
        const kept = await source.keepLive(keys, firstKept);
        if (kept.length > 0 || keys.length === 0) return kept;
      }
    });
  }

  /** Removes samples, in pieces if there are many keys. */
  async delete(name: ByteRange, span: TimeSpan): Promise<void> {
    const copy = { bytes: name.bytes.slice(name.start, name.end), start: 0, end: name.end - name.start };
    await this.#queue.flush();
    const range = {
      from: Math.max(span.from, Number.MIN_SAFE_INTEGER),
      until: Math.min(span.until, Number.MAX_SAFE_INTEGER),
    };
    const nextKeys = await this.#selection.select(copy, DELETED_AT_ONCE);
    if (range.from > range.until) return;
    for (let keys = await nextKeys(); keys.length > 0; keys = await nextKeys()) {
      await this.#queue.runAlone(() => this.#writer.delete(keys, range, this.#queue.deadlineMs));
    }
    if (this.#keeper === undefined) return;
    this.#known.clear();
    await this.#counts.refresh(this.#queue.deadlineMs);
  }

  /** Writes all puts so far to the store. */
  commit(): Promise<void> | undefined {
    return this.#queue.commit();
  }

  /** Drops expired samples and keys without samples, and counts the puts of other nodes. */
  maintain(): Promise<void> | undefined {
    if (this.#isClosed || (this.#expiry === undefined && this.#keeper === undefined)) return undefined;
    return this.#maintaining ??= this.#maintain().finally(() => this.#maintaining = undefined);
  }

  /** Commits, and ends the connections. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#queue.flush();
    } finally {
      this.#parts.health.close();
      this.#parts.cluster.close();
      await this.#maintaining?.catch(() => {});
    }
  }

  async #maintain(): Promise<void> {
    const hasGone = await this.#expiry?.run(this.#now() / 1000);
    if (this.#keeper === undefined) return;
    await this.#queue.flush();
    if (hasGone) this.#known.clear();
    await this.#counts.refresh(this.#queue.deadlineMs);
  }

  #add({ bytes, keyStart, keyEnd, timestamp, value }: PutCommand): void {
    const known = this.#known;
    const key = known.find(bytes, keyStart, keyEnd) ?? known.add(bytes, keyStart, keyEnd);
    this.#queue.add(key, timestamp, value);
  }

  async #addLater(command: PutCommand, room: Promise<void>): Promise<PutOutcome> {
    for (let next: Promise<void> | undefined = room; next !== undefined; next = this.#queue.room()) {
      await next;
    }
    this.#add(command);
    return "stored";
  }

  #source(): SeriesSource {
    const { cluster, partitions } = this.#parts;
    return new SeriesSource(cluster, partitions, this.#queue.deadlineMs);
  }

  #createKeeper(): LimitKeeper {
    return new LimitKeeper({
      limits: this.#limits,
      counts: this.#counts,
      known: this.#known,
      queue: this.#queue,
      hasKey: (command) => this.#selection.has(nameOf(command)),
      hasSample: (command) => this.#hasSample(command),
    });
  }

  async #hasSample(command: PutCommand): Promise<boolean> {
    const span = { from: command.timestamp, until: command.timestamp };
    const key = this.#selection.keyOf(nameOf(command));
    return await this.#source().hasRows({ ...key, span });
  }

  #firstTimestamp(): number {
    return firstKeptTimestamp(this.#now, this.#limits.retentionSeconds);
  }
}

function nameOf({ bytes, keyStart, keyEnd }: PutCommand): ByteRange {
  return { bytes, start: keyStart, end: keyEnd };
}

// The caller reuses the record and the bytes.
function copyOf({ bytes, keyStart, keyEnd, timestamp, value }: PutCommand): PutCommand {
  const key = Buffer.from(bytes.slice(keyStart, keyEnd));
  return { bytes: key, keyStart: 0, keyEnd: key.length, timestamp, value };
}
