import { Buffer } from "node:buffer";
import type { Cluster, RoutedCommand } from "../../../../storage/cluster/cluster.ts";
import type { Partition } from "../../../../storage/cluster/key_slot.ts";
import { type Reply, StoreError } from "../../../../storage/cluster/redis_connection.ts";
import type { TimeSpan } from "../../store.ts";
import { ERA_SECONDS, RECORD_BYTES } from "../writing/call_encoder.ts";
import type { RegisteredKey } from "./registry_source.ts";
import { indexFrom, lastTimestampOf, type SampleRun, timestampAt } from "./sample_run.ts";

// 64 runs of a key are at most 256 KiB.
const WINDOW_RUNS = 64;

// Between the look at the list of runs and the reading of the runs the list may change, but rarely twice.
const MAX_TRIES = 10;

/** A key whose samples are needed, and their time span. */
export interface SeriesRequest {
  /** Index of the partition. */
  readonly partition: number;
  /** The bytes of the key. */
  readonly key: Buffer;
  /** The time span. */
  readonly span: TimeSpan;
}

/** Some samples of a key. */
export interface SeriesWindow {
  /** In ascending order of time; some of their samples may lie outside the span. */
  readonly runs: readonly SampleRun[];
  /** Start of the next window; undefined if there is none. */
  readonly next: number | undefined;
}

/** Reads the samples of keys from the store, in windows. */
export class SeriesSource {
  readonly #cluster: Cluster;
  readonly #partitions: readonly Partition[];
  readonly #deadlineMs: number;

  /** @param deadlineMs for each window */
  constructor(cluster: Cluster, partitions: readonly Partition[], deadlineMs: number) {
    this.#cluster = cluster;
    this.#partitions = partitions;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Reads a window of each key. It includes everything that was acknowledged before.
   *
   * @throws {StoreError} the store did not reply in time
   */
  async read(requests: readonly SeriesRequest[]): Promise<SeriesWindow[]> {
    const windows = new Array<SeriesWindow>(requests.length);
    let open = requests.map((_, index) => index);
    for (let tries = 0; open.length > 0; tries++) {
      if (tries === MAX_TRIES) throw new StoreError("Cannot read: the samples change all the time");
      open = await this.#tryRead(requests, open, windows);
    }
    return windows;
  }

  /** Whether a key has a sample within the time span. Throws like {@linkcode SeriesSource.read}. */
  async hasRows(request: SeriesRequest): Promise<boolean> {
    const [window] = await this.read([request]);
    const { from, until } = request.span;
    return window!.runs.some((run) => {
      const index = indexFrom(run, from);
      return index < run.bytes.length / RECORD_BYTES && timestampAt(run, index) <= until;
    });
  }

  /** Those keys that have a sample at a timestamp or after it. Throws like {@linkcode SeriesSource.read}. */
  async keepLive(keys: readonly RegisteredKey[], from: number): Promise<RegisteredKey[]> {
    const span = { from, until: Infinity };
    const requests = keys.map(({ partition, key }): SeriesRequest => ({ partition, key, span }));
    const tails = await this.#run(requests.flatMap((request) => [
      this.#command(request, ["GETRANGE", this.#name("mo:", request), "-12", "-9"]),
    ]));
    const isLive = await Promise.all(requests.map((request, index) => {
      const tail = tails[index] as Buffer;
      return tail.length > 0 && tail.readUInt32BE() >= from ? true : this.hasRows(request);
    }));
    return keys.filter((_, index) => isLive[index]);
  }

  // The newest samples are read before the list of runs, so that samples that move into a run in between are
  // in both.
  async #tryRead(
    requests: readonly SeriesRequest[],
    open: readonly number[],
    windows: SeriesWindow[],
  ): Promise<number[]> {
    const looks = await this.#run(open.flatMap((index) => [
      this.#command(requests[index]!, ["GET", this.#name("mo:", requests[index]!)]),
      ...this.#looksAtRuns(requests[index]!),
    ]));
    const finds = open.map((index, at): Find => ({
      index,
      newest: looks[at * 3] as Buffer | null,
      starts: startsOf(looks, at * 3 + 1),
    }));
    const withRuns = finds.filter(({ starts }) => starts.length > 0);
    const reads = await this.#run(withRuns.flatMap(({ index, starts }) => [
      ...starts.map((start) =>
        this.#command(requests[index]!, ["GET", this.#runName(start, requests[index]!)])
      ),
      ...this.#looksAtRuns(requests[index]!),
    ]));
    const left: number[] = [];
    let at = 0;
    for (const find of finds) {
      const { starts } = find;
      const bytes = reads.slice(at, at + starts.length) as (Buffer | null)[];
      if (starts.length > 0) at += starts.length + 2;
      if (starts.length > 0 && startsOf(reads, at - 2).join() !== starts.join()) left.push(find.index);
      else windows[find.index] = toWindow(find, bytes);
    }
    return left;
  }

  // The run that may hold the first second, and those after it.
  #looksAtRuns(request: SeriesRequest): RoutedCommand[] {
    const { from, until } = request.span;
    const index = this.#name("mc:", request);
    const limit = ["LIMIT", "0", String(WINDOW_RUNS)];
    return [
      this.#command(request, ["ZREVRANGEBYSCORE", index, textOf(from), "-inf", "LIMIT", "0", "1"]),
      this.#command(request, ["ZRANGEBYSCORE", index, `(${textOf(from)}`, textOf(until), ...limit]),
    ];
  }

  #command({ partition }: SeriesRequest, command: readonly (string | Buffer)[]): RoutedCommand {
    return { slot: this.#partitions[partition]!.slot, command };
  }

  #name(prefix: string, { partition, key }: SeriesRequest): Buffer {
    return Buffer.concat([Buffer.from(prefix + this.#partitions[partition]!.tag), key]);
  }

  #runName(start: string, { partition, key }: SeriesRequest): Buffer {
    return Buffer.concat([Buffer.from(`mh:${this.#partitions[partition]!.tag}${start}:`), key]);
  }

  #run(commands: readonly RoutedCommand[]): Promise<Reply[]> {
    if (commands.length === 0) return Promise.resolve([]);
    return this.#cluster.run(commands, { role: "read", replicas: 0, deadlineMs: this.#deadlineMs });
  }
}

interface Find {
  readonly index: number;
  readonly newest: Buffer | null;
  readonly starts: readonly string[];
}

function toWindow({ newest, starts }: Find, bytes: readonly (Buffer | null)[]): SeriesWindow {
  const runs = starts.flatMap((start, index): SampleRun[] => {
    const run = bytes[index];
    return run ? [{ era: Math.floor(Number(start) / ERA_SECONDS), bytes: run }] : [];
  });
  const isCut = starts.length >= WINDOW_RUNS;
  const last = runs.at(-1);
  const next = isCut && last !== undefined ? lastTimestampOf(last) + 1 : undefined;
  // The newest samples of era 0 come after all its runs, and some runs may be in the next window.
  if (newest !== null && newest.length > 0 && !(isCut && last !== undefined && last.era <= 0)) {
    const at = runs.findIndex(({ era }) => era > 0);
    const before = runs[(at < 0 ? runs.length : at) - 1];
    const run = { era: 0, bytes: newest };
    const haveMoved = before?.era === 0 && lastTimestampOf(before) >= newest.readUInt32BE();
    if (!haveMoved) runs.splice(at < 0 ? runs.length : at, 0, run);
  }
  return { runs, next };
}

function startsOf(replies: readonly Reply[], at: number): string[] {
  return [...replies[at] as readonly Buffer[], ...replies[at + 1] as readonly Buffer[]].map(String);
}

function textOf(timestamp: number): string {
  return Number.isFinite(timestamp) ? String(timestamp) : timestamp < 0 ? "-inf" : "+inf";
}
