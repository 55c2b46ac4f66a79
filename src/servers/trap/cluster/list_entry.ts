// One entry of the stream that the nodes share: a request, or the removal of requests.

import { Buffer } from "node:buffer";
import type { RedisCommand, Reply } from "../../../storage/cluster/redis_connection.ts";
import { type PackedFacts, packRequest } from "../store/packed_request.ts";
import type { StoredRequest } from "../records/stored_request.ts";

/** The key of the stream; all keys of the list are on one server. */
export const LIST_KEY = "tl:{trap}";

/** The key of the rules, as JSON. */
export const RULES_KEY = "tr:{trap}";

/**
 * Larger content is beside the stream in pieces of this size, so that no command blocks a server for long.
 */
export const PIECE_BYTES = 512 * 1_024;

const NO_BYTES = Buffer.alloc(0);

/** The content of an entry. */
export type ListEntry =
  /** A new request, or a known request that has changed. */
  | {
    readonly kind: "added";
    readonly node: string;
    readonly id: string;
    /** JSON, which the node that wrote it does not read. */
    readonly facts: Buffer;
    readonly bytes: Buffer;
    /** How many pieces are beside the stream; `bytes` is empty then. */
    readonly pieces: number;
  }
  /** A deletion of requests. */
  | { readonly kind: "deleted"; readonly node: string; readonly ids: readonly string[] }
  /** New rules. */
  | { readonly kind: "rules"; readonly node: string; readonly source: string }
  /** A deletion of everything. */
  | { readonly kind: "cleared"; readonly node: string };

// Adds records that lie one after the other in one argument. A command for each would be a promise and three pieces
// for the socket each.
const ADD_ALL = `
local start = 1
for length in string.gmatch(ARGV[1], "%d+") do
  local stop = start + length - 1
  redis.call("XADD", KEYS[1], "*", "r", string.sub(ARGV[2], start, stop))
  start = stop + 1
end`;

/** The commands that add requests to the stream. */
export function addCommands(node: string, requests: readonly StoredRequest[]): RedisCommand[] {
  const commands: RedisCommand[] = [];
  let records: Buffer[] = [];
  let size = 0;
  const flush = (): void => {
    if (records.length > 0) commands.push(addAllCommand(records));
    [records, size] = [[], 0];
  };
  for (const request of requests) {
    const { facts, bytes } = packRequest(request);
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const pieces = content.length > PIECE_BYTES ? Math.ceil(content.length / PIECE_BYTES) : 0;
    for (let piece = 0; piece < pieces; piece++) {
      const part = content.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
      commands.push(["SET", pieceKey(request.id, piece), part]);
    }
    const record = writeRecord({ node, id: request.id, pieces }, facts, pieces === 0 ? content : NO_BYTES);
    if (size + record.length > PIECE_BYTES) flush();
    records.push(record);
    size += record.length;
  }
  flush();
  return commands;
}

function addAllCommand(records: readonly Buffer[]): RedisCommand {
  const lengths = records.map(({ length }) => length).join();
  return ["EVAL", ADD_ALL, "1", LIST_KEY, lengths, Buffer.concat(records)];
}

type RecordHead = Pick<ListEntry & { readonly kind: "added" }, "node" | "id" | "pieces">;

// A line with the node, the id, the number of pieces and the length of the facts; the facts; the bytes.
function writeRecord({ node, id, pieces }: RecordHead, facts: PackedFacts, bytes: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(facts));
  return Buffer.concat([Buffer.from(`${node} ${id} ${pieces} ${text.length}\n`), text, bytes]);
}

function readRecord(record: Buffer): ListEntry {
  const end = record.indexOf("\n") + 1;
  const [node, id, pieces, length] = record.toString("latin1", 0, end).split(" ") as [
    string,
    string,
    string,
    string,
  ];
  const bytesAt = end + Number(length);
  return {
    kind: "added",
    node,
    id,
    facts: record.subarray(end, bytesAt),
    bytes: record.subarray(bytesAt),
    pieces: Number(pieces),
  };
}

/** The command that announces deletions to other nodes. */
export function deleteCommand(node: string, ids: readonly string[]): RedisCommand {
  return ["XADD", LIST_KEY, "*", "k", "deleted", "n", node, "i", ids.join()];
}

/** The command that announces the deletion of everything to other nodes. */
export function clearCommand(node: string): RedisCommand {
  return ["XADD", LIST_KEY, "*", "k", "cleared", "n", node];
}

function pieceKey(id: string, piece: number): string {
  return `tb:{trap}${id}:${piece}`;
}

/** The commands that give new rules to all nodes. */
export function rulesCommands(node: string, source: string): RedisCommand[] {
  return [["SET", RULES_KEY, source], ["XADD", LIST_KEY, "*", "k", "rules", "n", node, "f", source]];
}

/** The keys of all its pieces. */
export function pieceKeys(id: string, pieces: number): string[] {
  return Array.from({ length: pieces }, (_, piece) => pieceKey(id, piece));
}

/** Reads the fields of an entry; undefined when it is not one of ours. */
export function parseEntry(fields: readonly Reply[]): ListEntry | undefined {
  const record = fieldOf(fields, "r");
  if (record !== undefined) return readRecord(record);
  const text = (name: string): string => String(fieldOf(fields, name) ?? "");
  const node = text("n");
  switch (text("k")) {
    case "added":
      return {
        kind: "added",
        node,
        id: text("i"),
        facts: fieldOf(fields, "f") ?? Buffer.alloc(0),
        bytes: fieldOf(fields, "b") ?? Buffer.alloc(0),
        pieces: Number(text("p")),
      };
    case "deleted":
      return { kind: "deleted", node, ids: text("i").split(",") };
    case "rules":
      return { kind: "rules", node, source: text("f") };
    case "cleared":
      return { kind: "cleared", node };
    default:
      return undefined;
  }
}

// Names have one letter. Making each of them a text would take more time than all the rest.
function fieldOf(fields: readonly Reply[], name: string): Buffer | undefined {
  const letter = name.charCodeAt(0);
  for (let index = 0; index + 1 < fields.length; index += 2) {
    if ((fields[index] as Buffer)[0] === letter) return fields[index + 1] as Buffer;
  }
  return undefined;
}
