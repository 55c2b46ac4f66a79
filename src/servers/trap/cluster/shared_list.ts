// The list of requests that several nodes share. Every node has all of it in memory, like a single node; a
// stream in the store carries the changes of each node to the others. No response waits for it.

import { setTimeout as pause } from "node:timers/promises";
import { messageOfError } from "../../../base/error_text.ts";
import type { RedisCommand } from "../../../storage/cluster/redis_connection.ts";
import { parseArchived, unpackRequest } from "../store/packed_request.ts";
import type { RemovalReason, StoreListener } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import {
  addCommands,
  clearCommand,
  deleteCommand,
  LIST_KEY,
  type ListEntry,
  rulesCommands,
} from "./list_entry.ts";
import type { SharedListOptions } from "./shared_list_options.ts";
import { ListPlaces } from "./list_places.ts";
import { ListStream } from "./list_stream.ts";

// Requests that come within this time are written together; other nodes see them this much later.
const WRITE_AFTER_MS = 10;
const RETRY_AFTER_MS = 500;

// The most requests of one write.
const WRITTEN_AT_ONCE = 256;

// By then, every following node has heard of a deletion or of new rules; the others load everything again.
const KEPT_NOTICES_MS = 60_000;
const LOAD_AGAIN_AFTER_MS = 20_000;

/** A listener of a request store that reports its changes to other nodes, and applies theirs. */
export class SharedList implements StoreListener {
  readonly #options: SharedListOptions;
  readonly #stream: ListStream;
  readonly #node = crypto.randomUUID().slice(-12);
  readonly #places = new ListPlaces();
  readonly #unwritten = new Map<string, StoredRequest>();
  #deleted: string[] = [];
  #gone: string[] = [];
  #isCleared = false;
  #rules: string | undefined;
  // Entries that are not needed after every node has read them.
  #notices: { readonly entry: string; readonly atMs: number }[] = [];
  #last = "0-0";
  #stopTimer: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #following: Promise<void> = Promise.resolve();
  #error: Error | undefined;
  #isApplying = false;
  #replaced: string | undefined;
  #isClosed = false;

  /** Makes a list; {@linkcode SharedList.begin} must be called before it listens to the request store. */
  constructor(options: SharedListOptions) {
    this.#options = options;
    this.#stream = new ListStream(options.cluster);
  }

  /** The number of requests that wait to be written. */
  get waiting(): number {
    return this.#unwritten.size;
  }

  /** Why the store cannot be written now. */
  get error(): Error | undefined {
    return this.#error;
  }

  /**
   * Loads the present requests, and follows the changes.
   *
   * @throws {StoreError} the store did not reply in time
   */
  async begin(): Promise<void> {
    const requests = await this.#load();
    this.#apply(() => this.#options.store.restore(requests));
    this.#options.store.listen(this);
    await this.#loadRules();
    this.#following = this.#follow();
  }

  /** Reports new rules to other nodes. @param source JSON */
  tellRules(source: string): void {
    this.#rules = source;
    this.#wake();
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
      // The limits are the same on all nodes, so all nodes drop the same requests.
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

  /** Writes the unwritten requests, as far as the store takes them, and ends the connections. */
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
    const count = this.#deleted.length + this.#gone.length + this.#unwritten.size;
    return this.#isCleared || this.#rules !== undefined || count > 0;
  }

  async #flush(): Promise<void> {
    const waited = this.#unwritten.size;
    try {
      if (this.#isCleared) await this.#writeClear();
      await this.#writeDeletions();
      if (this.#rules !== undefined) await this.#writeRules(this.#rules);
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
    const { keys } = this.#places.find(this.#places.ids());
    this.#places.clear();
    const commands: RedisCommand[] = [["XTRIM", LIST_KEY, "MAXLEN", "0"], clearCommand(this.#node)];
    if (keys.length > 0) commands.push(["UNLINK", ...keys]);
    [this.#gone, this.#deleted] = [[], []];
    await this.#stream.write(commands);
    this.#isCleared = false;
  }

  async #writeDeletions(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const [gone, deleted] = [[...this.#gone], [...this.#deleted]];
    const old = this.#notices.filter(({ atMs }) => nowMs - atMs > KEPT_NOTICES_MS);
    const { entries, keys } = this.#places.find(gone);
    const all = [...old.map(({ entry }) => entry), ...entries];
    const commands: RedisCommand[] = [];
    if (deleted.length > 0) commands.push(deleteCommand(this.#node, deleted));
    if (all.length > 0) commands.push(["XDEL", LIST_KEY, ...all]);
    if (keys.length > 0) commands.push(["UNLINK", ...keys]);
    if (commands.length > 0) {
      const [first] = await this.#stream.write(commands);
      if (deleted.length > 0) this.#notices.push({ entry: String(first), atMs: nowMs });
      this.#notices = this.#notices.filter((notice) => !old.includes(notice));
    }
    this.#places.delete(gone);
    this.#gone = this.#gone.slice(gone.length);
    this.#deleted = this.#deleted.slice(deleted.length);
  }

  async #writeRules(source: string): Promise<void> {
    const [, entry] = await this.#stream.write(rulesCommands(this.#node, source));
    this.#notices.push({ entry: String(entry), atMs: this.#options.clock.monotonicMs() });
    if (this.#rules === source) this.#rules = undefined;
  }

  async #writeRequests(): Promise<void> {
    const requests = [...this.#unwritten.values()].slice(0, WRITTEN_AT_ONCE);
    // A request may change while it is written: then it is written again.
    for (const { id } of requests) this.#unwritten.delete(id);
    try {
      await this.#stream.write(addCommands(this.#node, requests));
    } catch (error) {
      const { store } = this.#options;
      for (const request of requests) {
        if (store.find(request.id) === request) this.#unwritten.set(request.id, request);
      }
      throw error;
    }
  }

  async #follow(): Promise<void> {
    const { clock } = this.#options;
    let heardAtMs = clock.monotonicMs();
    while (!this.#isClosed) {
      try {
        if (clock.monotonicMs() - heardAtMs > LOAD_AGAIN_AFTER_MS) await this.#loadAgain();
        for (const { place, entry } of await this.#stream.wait(this.#last)) {
          if (entry !== undefined) await this.#take(entry, place);
          this.#last = place;
        }
        heardAtMs = clock.monotonicMs();
      } catch {
        // The writes report that the store is away.
        if (!this.#isClosed) await pause(RETRY_AFTER_MS);
      }
    }
  }

  async #load(): Promise<readonly StoredRequest[]> {
    const { requests, last } = await this.#stream.loadAll(this.#places);
    this.#last = last;
    return requests;
  }

  async #loadRules(): Promise<void> {
    const source = await this.#stream.readRules();
    if (source !== undefined && this.#rules === undefined) this.#options.onRules(source);
  }

  // After a time without the store: the deletions and additions of other nodes in the meantime.
  async #loadAgain(): Promise<void> {
    const { store } = this.#options;
    const requests = await this.#load();
    await this.#loadRules();
    this.#apply(() => {
      for (const { id } of store.all(() => true)) {
        if (!this.#places.has(id) && !this.#unwritten.has(id)) store.delete(id);
      }
      for (const request of requests) if (store.find(request.id) === undefined) store.add(request);
    });
  }

  async #take(entry: ListEntry, place: string): Promise<void> {
    const { store } = this.#options;
    if (entry.kind === "added") {
      this.#places.add(entry, place);
      if (entry.node === this.#node) {
        // A request that has been deleted here leaves the stream too, now that its position is known.
        if (store.find(entry.id) === undefined) this.#gone.push(entry.id);
        return this.#hasWork ? this.#wake() : undefined;
      }
      const request = unpackRequest(parseArchived(entry.facts), await this.#stream.bytesOf(entry));
      this.#apply(() => {
        this.#replaced = entry.id;
        store.delete(entry.id);
        this.#replaced = undefined;
        store.add(request);
      });
    } else if (entry.kind === "rules") {
      if (entry.node !== this.#node) this.#options.onRules(entry.source);
    } else if (entry.node !== this.#node) {
      this.#apply(() => {
        if (entry.kind === "cleared") store.clear();
        else for (const id of entry.ids) store.delete(id);
      });
      if (entry.kind === "cleared") this.#places.clear();
    }
  }

  // Changes from other nodes are not sent back to them.
  #apply(action: () => void): void {
    this.#isApplying = true;
    try {
      action();
    } finally {
      this.#isApplying = false;
    }
  }
}
