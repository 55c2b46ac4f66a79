// One entry of the stream that the nodes share: a request, or the removal of requests.

import { Buffer } from "node:buffer";
import type { RedisCommand, Reply } from "../../../storage/cluster/redis_connection.ts";
import type { PackedRequest } from "../store/packed_request.ts";

/** The key of the stream; all keys of the list are on one server. */
export const LIST_KEY = "tl:{trap}";

/** The key of the rules, as JSON. */
export const RULES_KEY = "tr:{trap}";

/**
 * Larger content is beside the stream in pieces of this size, so that no command blocks a server for long.
 */
export const PIECE_BYTES = 512 * 1_024;

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

/** The commands that add a request to the stream. */
export function addCommands(node: string, id: string, { facts, bytes }: PackedRequest): RedisCommand[] {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = content.length > PIECE_BYTES ? Math.ceil(content.length / PIECE_BYTES) : 0;
  const commands: RedisCommand[] = [];
  for (let piece = 0; piece < count; piece++) {
    commands.push([
      "SET",
      pieceKey(id, piece),
      content.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES),
    ]);
  }
  const inline = count === 0 ? content : Buffer.alloc(0);
  const fields = [
    "k",
    "added",
    "n",
    node,
    "i",
    id,
    "f",
    JSON.stringify(facts),
    "p",
    String(count),
    "b",
    inline,
  ];
  commands.push(["XADD", LIST_KEY, "*", ...fields]);
  return commands;
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
