// The list of requests that several nodes share. Every node has all of it in memory, as one alone has; a stream in the
// store carries what happens from each node to the others. No response waits for it.

import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../../base/clock.ts";
import { messageOfError } from "../../../base/error_text.ts";
import type { Cluster } from "../../../storage/cluster/cluster.ts";
import type { RedisCommand } from "../../../storage/cluster/redis_connection.ts";
import { packRequest, parseArchived, unpackRequest } from "../records/packed_request.ts";
import type { RemovalReason, RequestStore, StoreListener } from "../records/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import {
  addCommands,
  clearCommand,
  deleteCommand,
  LIST_KEY,
  type ListEntry,
  pieceKeys,
} from "./list_entry.ts";
import { ListStream } from "./list_stream.ts";

// Requests that come together are written together; others see them so much later.
const WRITE_AFTER_MS = 10;
const RETRY_AFTER_MS = 500;

// At most so much in one go.
const WRITTEN_AT_ONCE = 256;

// By then every node that lives has heard of a deletion.
const KEPT_DELETIONS_MS = 60_000;

/** What a list works with. */
export interface SharedListOptions {
  /** The servers; closed with the list. */
  readonly cluster: Cluster;
  /** This node's copy. */
  readonly store: RequestStore;
  /** For the time between two writes. */
  readonly clock: Clock;
  /** Told when the store is away, once until it is back. */
  readonly onError: (error: Error) => void;
  /** Told when it is back. @param count requests that have waited */
  readonly onRecovered: (count: number) => void;
}

interface Placed {
  readonly entries: string[];
  pieces: number;
}

/** A listener of a store that tells other nodes, and takes over what they tell. */
export class SharedList implements StoreListener {
  readonly #options: SharedListOptions;
  readonly #stream: ListStream;
  readonly #node = crypto.randomUUID().slice(-12);
  // Where requests stand in the stream, by id.
  readonly #placed = new Map<string, Placed>();
  readonly #unwritten = new Map<string, StoredRequest>();
  #deleted: string[] = [];
  #gone: string[] = [];
  #isCleared = false;
  #deletions: { readonly entry: string; readonly atMs: number }[] = [];
  #last = "0-0";
  #stopTimer: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #following: Promise<void> = Promise.resolve();
  #error: Error | undefined;
  #isApplying = false;
  #replaced: string | undefined;
  #isClosed = false;

  /** Makes a list; {@linkcode SharedList.begin} must be called before the store is listened to. */
  constructor(options: SharedListOptions) {
    this.#options = options;
    this.#stream = new ListStream(options.cluster);
  }

  /** How many requests wait to be written. */
  get waiting(): number {
    return this.#unwritten.size;
  }

  /** Why the store cannot be written at the moment. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Loads what is there, and follows what comes. @throws {StoreError} the store did not reply in time */
  async begin(): Promise<void> {
    const requests = new Map<string, StoredRequest>();
    for (
      let page = await this.#stream.read(this.#last);
      page.length > 0;
      page = await this.#stream.read(this.#last)
    ) {
      for (const { place, entry } of page) {
        this.#last = place;
        if (entry?.kind !== "added") continue;
        this.#place(entry, place);
        requests.set(entry.id, unpackRequest(parseArchived(entry.facts), await this.#stream.bytesOf(entry)));
      }
    }
    this.#apply(() =>
      this.#options.store.restore([...requests.values()].sort((a, b) => a.id < b.id ? -1 : 1))
    );
    this.#options.store.listen(this);
    this.#following = this.#follow();
  }

  added(request: StoredRequest): void {
    if (this.#isApplying) return;
    this.#unwritten.set(request.id, request);
    this.#wake();
  }

  changed(request: StoredRequest): void {
    this.added(request);
  }

  removed(requests: readonly StoredRequest[], reason: RemovalReason): void {
    for (const { id } of requests) {
      if (id === this.#replaced) continue;
      this.#unwritten.delete(id);
      this.#gone.push(id);
      // What the bounds do not allow here they do not allow elsewhere.
      if (reason === "deleted" && !this.#isApplying) this.#deleted.push(id);
    }
    this.#wake();
  }

  cleared(): void {
    this.#unwritten.clear();
    if (this.#isApplying) return;
    this.#isCleared = true;
    this.#wake();
  }

  /** Writes what is unwritten, as far as the store takes it, and ends the connections. */
  async close(): Promise<void> {
    this.#stopTimer?.();
    await this.#writing;
    if (this.#error === undefined) await this.#flush();
    this.#isClosed = true;
    this.#stream.close();
    await this.#following;
  }

  #wake(): void {
    if (this.#isClosed || this.#stopTimer !== undefined || this.#writing !== undefined) return;
    const afterMs = this.#error === undefined ? WRITE_AFTER_MS : RETRY_AFTER_MS;
    this.#stopTimer = this.#options.clock.after(afterMs, () => {
      this.#stopTimer = undefined;
      this.#writing = this.#flush().finally(() => {
        this.#writing = undefined;
        if (this.#hasWork) this.#wake();
      });
    });
  }

  get #hasWork(): boolean {
    return this.#isCleared || this.#deleted.length + this.#gone.length + this.#unwritten.size > 0;
  }

  async #flush(): Promise<void> {
    const waited = this.#unwritten.size;
    try {
      if (this.#isCleared) await this.#writeClear();
      await this.#writeDeletions();
      while (this.#unwritten.size > 0) await this.#writeRequests();
      if (this.#error !== undefined) this.#options.onRecovered(waited);
      this.#error = undefined;
    } catch (cause) {
      const isFirst = this.#error === undefined;
      const message = `Cannot write to the store: ${
        messageOfError(cause)
      }; ${this.#unwritten.size} requests wait`;
      this.#error = new Error(message, { cause });
      if (isFirst) this.#options.onError(this.#error);
    }
  }

  async #writeClear(): Promise<void> {
    const keys = [...this.#placed].flatMap(([id, { pieces }]) => pieceKeys(id, pieces));
    const commands: RedisCommand[] = [["XTRIM", LIST_KEY, "MAXLEN", "0"], clearCommand(this.#node)];
    if (keys.length > 0) commands.push(["UNLINK", ...keys]);
    await this.#stream.write(commands);
    this.#placed.clear();
    this.#isCleared = false;
    this.#gone = [];
    this.#deleted = [];
  }

  async #writeDeletions(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const old = this.#deletions.filter(({ atMs }) => nowMs - atMs > KEPT_DELETIONS_MS).map(({ entry }) =>
      entry
    );
    const [gone, deleted] = [this.#gone, this.#deleted];
    const placed = gone.flatMap((id) => {
      const place = this.#placed.get(id);
      return place === undefined ? [] : [{ id, place }];
    });
    const entries = [...old, ...placed.flatMap(({ place }) => place.entries)];
    const keys = placed.flatMap(({ id, place }) => pieceKeys(id, place.pieces));
    const commands: RedisCommand[] = [];
    if (deleted.length > 0) commands.push(deleteCommand(this.#node, deleted));
    if (entries.length > 0) commands.push(["XDEL", LIST_KEY, ...entries]);
    if (keys.length > 0) commands.push(["UNLINK", ...keys]);
    if (commands.length > 0) {
      const [first] = await this.#stream.write(commands);
      if (deleted.length > 0) this.#deletions.push({ entry: String(first), atMs: nowMs });
      this.#deletions = this.#deletions.filter(({ entry }) => !old.includes(entry));
    }
    for (const { id } of placed) this.#placed.delete(id);
    this.#gone = this.#gone.slice(gone.length);
    this.#deleted = this.#deleted.slice(deleted.length);
  }

  async #writeRequests(): Promise<void> {
    const requests = [...this.#unwritten.values()].slice(0, WRITTEN_AT_ONCE);
    await this.#stream.write(
      requests.flatMap((request) => addCommands(this.#node, request.id, packRequest(request))),
    );
    for (const request of requests) {
      // More may have come while it was written.
      if (this.#unwritten.get(request.id) === request) this.#unwritten.delete(request.id);
    }
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      try {
        for (const { place, entry } of await this.#stream.wait(this.#last)) {
          if (entry !== undefined) await this.#take(entry, place);
          this.#last = place;
        }
      } catch {
        // Writing says that the store is away.
        if (!this.#isClosed) await pause(RETRY_AFTER_MS);
      }
    }
  }

  async #take(entry: ListEntry, place: string): Promise<void> {
    const { store } = this.#options;
    if (entry.kind === "added") {
      this.#place(entry, place);
      // What is gone here already goes from the stream too, now that its place is known.
      if (entry.node === this.#node) {
        return store.find(entry.id) === undefined ? this.#drop(entry.id) : undefined;
      }
      const request = unpackRequest(parseArchived(entry.facts), await this.#stream.bytesOf(entry));
      this.#apply(() => {
        this.#replaced = entry.id;
        store.delete(entry.id);
        this.#replaced = undefined;
        store.add(request);
      });
    } else if (entry.node !== this.#node) {
      this.#apply(() => {
        if (entry.kind === "cleared") store.clear();
        else for (const id of entry.ids) store.delete(id);
      });
      if (entry.kind === "cleared") this.#placed.clear();
    }
  }

  #drop(id: string): void {
    this.#gone.push(id);
    this.#wake();
  }

  #place({ id, pieces }: { readonly id: string; readonly pieces: number }, entry: string): void {
    const place = this.#placed.get(id);
    if (place === undefined) this.#placed.set(id, { entries: [entry], pieces });
    else {
      place.entries.push(entry);
      place.pieces = Math.max(place.pieces, pieces);
    }
  }

  // What comes from others is not told to them again.
  #apply(action: () => void): void {
    this.#isApplying = true;
    try {
      action();
    } finally {
      this.#isApplying = false;
    }
  }
}
