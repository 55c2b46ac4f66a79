import { Buffer } from "node:buffer";
import type { Cluster } from "../../../storage/cluster/cluster.ts";
import { slotOf } from "../../../storage/cluster/key_slot.ts";
import type { RedisCommand, Reply } from "../../../storage/cluster/redis_connection.ts";
import { parseArchived, unpackRequest } from "../store/packed_request.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import type { ListPlaces } from "./list_places.ts";
import { LIST_KEY, type ListEntry, parseEntry, pieceKeys, RULES_KEY } from "./list_entry.ts";

const SLOT = slotOf("trap");
const DEADLINE_MS = 5_000;
const READ_AT_ONCE = 256;

// After this time, a server that has stopped is noticed.
const WAIT_MS = 1_000;

/** An entry and its position in the stream. */
export interface PlacedEntry {
  /** The id that the stream has given to it. */
  readonly place: string;
  /** Its content; undefined if it is not one of ours. */
  readonly entry: ListEntry | undefined;
}

/** The stream of the list's changes. */
export class ListStream {
  readonly #cluster: Cluster;

  /** The stream of a store. */
  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Runs commands in order. @throws {StoreError} when not all of them could be run */
  write(commands: readonly RedisCommand[]): Promise<Reply[]> {
    const requests = commands.map((command) => ({ slot: SLOT, command }));
    return this.#cluster.run(requests, { role: "write", replicas: 0, deadlineMs: DEADLINE_MS });
  }

  /**
   * The entries after a position, in batches; none at the end.
   *
   * @throws {StoreError} the store did not reply in time
   */
  async read(after: string): Promise<readonly PlacedEntry[]> {
    return toEntries(await this.#ask(["XRANGE", LIST_KEY, `(${after}`, "+", "COUNT", String(READ_AT_ONCE)]));
  }

  /**
   * All requests of the stream, by id.
   *
   * @param places learns the positions of the requests
   * @returns the requests, and the position of the last entry
   */
  async loadAll(
    places: ListPlaces,
  ): Promise<{ readonly requests: readonly StoredRequest[]; readonly last: string }> {
    const requests = new Map<string, StoredRequest>();
    places.clear();
    let last = "0-0";
    for (let page = await this.read(last); page.length > 0; page = await this.read(last)) {
      for (const { place, entry } of page) {
        last = place;
        if (entry?.kind !== "added") continue;
        places.add(entry, place);
        requests.set(entry.id, unpackRequest(parseArchived(entry.facts), await this.bytesOf(entry)));
      }
    }
    return { requests: [...requests.values()].sort((a, b) => a.id < b.id ? -1 : 1), last };
  }

  /** Like {@linkcode ListStream.read}, but waits a second for the first entry. */
  async wait(after: string): Promise<readonly PlacedEntry[]> {
    const words = [
      "XREAD",
      "COUNT",
      String(READ_AT_ONCE),
      "BLOCK",
      String(WAIT_MS),
      "STREAMS",
      LIST_KEY,
      after,
    ];
    const [reply] = await this.#cluster.run([{ slot: SLOT, command: words }], {
      role: "follow",
      replicas: 0,
      deadlineMs: DEADLINE_MS,
    });
    // RESP3 has streams in a map, by key; null when nothing came in time.
    return reply === null ? [] : toEntries(Object.values(reply as object)[0] as Reply);
  }

  /** The content of a request. Missing pieces are left out: then the request is gone too. */
  async bytesOf({ id, bytes, pieces }: ListEntry & { readonly kind: "added" }): Promise<Buffer> {
    if (pieces === 0) return bytes;
    const parts = await Promise.all(pieceKeys(id, pieces).map((key) => this.#ask(["GET", key])));
    return Buffer.concat(parts.map((part) => part as Buffer | null ?? Buffer.alloc(0)));
  }

  /** The rules, as JSON; undefined if there are none. @throws {StoreError} the store did not reply in time */
  async readRules(): Promise<string | undefined> {
    const reply = await this.#ask(["GET", RULES_KEY]);
    return reply === null ? undefined : String(reply);
  }

  /** Ends the connections. */
  close(): void {
    this.#cluster.close();
  }

  #ask(command: RedisCommand): Promise<Reply> {
    return this.#cluster.read(SLOT, command, DEADLINE_MS);
  }
}

function toEntries(reply: Reply): PlacedEntry[] {
  const entries = reply as readonly (readonly [Buffer, readonly Reply[]])[];
  return entries.map(([place, fields]) => ({ place: String(place), entry: parseEntry(fields) }));
}
