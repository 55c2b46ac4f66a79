import { Buffer } from "node:buffer";
import type { Cluster } from "../../../storage/cluster/cluster.ts";
import { slotOf } from "../../../storage/cluster/key_slot.ts";
import type { RedisCommand, Reply } from "../../../storage/cluster/redis_connection.ts";
import { LIST_KEY, type ListEntry, parseEntry, pieceKeys } from "./list_entry.ts";

const SLOT = slotOf("trap");
const DEADLINE_MS = 5_000;
const READ_AT_ONCE = 256;

// A server that has stopped is noticed after this long.
const WAIT_MS = 1_000;

/** An entry and its place in the stream. */
export interface PlacedEntry {
  /** The id that the stream has given it. */
  readonly place: string;
  /** What it says; undefined when it is none of ours. */
  readonly entry: ListEntry | undefined;
}

/** The stream that carries what happens to the list. */
export class ListStream {
  readonly #cluster: Cluster;

  /** The stream of a store. */
  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Runs commands in their order. @throws {StoreError} not all of them could be run */
  write(commands: readonly RedisCommand[]): Promise<Reply[]> {
    const requests = commands.map((command) => ({ slot: SLOT, command }));
    return this.#cluster.run(requests, { role: "write", replicas: 0, deadlineMs: DEADLINE_MS });
  }

  /** The entries after a place, some at a time; none at the end. @throws {StoreError} the store did not reply in time */
  async read(after: string): Promise<readonly PlacedEntry[]> {
    return toEntries(await this.#ask(["XRANGE", LIST_KEY, `(${after}`, "+", "COUNT", String(READ_AT_ONCE)]));
  }

  /** The same, but waits a second for the first one. */
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
    // RESP3 has streams in a map, by their keys; null when nothing came in time.
    return reply === null ? [] : toEntries(Object.values(reply as object)[0] as Reply);
  }

  /** The content of a request. Pieces that are gone are left out: then the request is gone too. */
  async bytesOf({ id, bytes, pieces }: ListEntry & { readonly kind: "added" }): Promise<Buffer> {
    if (pieces === 0) return bytes;
    const parts = await Promise.all(pieceKeys(id, pieces).map((key) => this.#ask(["GET", key])));
    return Buffer.concat(parts.map((part) => part as Buffer | null ?? Buffer.alloc(0)));
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
