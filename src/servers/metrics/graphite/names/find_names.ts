// `/metrics/find` and `/metrics/expand`: names as a tree, whose branches end at dots.

import { socketsLookedAt } from "../../../../base/event_loop.ts";
import type { KeyPattern } from "../../protocol/key_pattern.ts";
import { createSeed, type Keyed, KeyTable } from "../../samples/key_table.ts";
import type { ByteRange, KeySink, MetricStore } from "../../store.ts";
import { readGlob, toByteRange } from "./globs.ts";
import { TargetError } from "../targets/target_error.ts";

const KEYS_A_PIECE = 5_000;
const MAX_NODES = 100_000;
const DOT = 0x2e;
const UTF8 = new TextDecoder();

/** One node of the tree. */
export interface NameNode {
  /** The whole name up to here. */
  readonly path: string;
  /** Its last part. */
  readonly name: string;
  /** Whether it is a key with samples of its own; otherwise keys begin with it. */
  readonly isLeaf: boolean;
}

/** A node as the store has it: the bytes of its whole name. They are valid during the visit. */
export interface FoundNode extends ByteRange {
  /** Whether it is a key with samples of its own; otherwise keys begin with it. */
  readonly kind: "leaf" | "branch";
}

/** The node as text; its bytes are UTF-8. */
export function decodeNode({ kind, bytes, start, end }: FoundNode): NameNode {
  const path = UTF8.decode(bytes.subarray(start, end));
  return { path, name: path.slice(path.lastIndexOf(".") + 1), isLeaf: kind === "leaf" };
}

/**
 * Finds the nodes that match a pattern, sorted by path; a name may be a leaf and a branch.
 *
 * @throws {TargetError} for a pattern that is too long, or too many nodes
 */
export async function findNodes(store: MetricStore, pattern: string): Promise<NameNode[]> {
  const nodes: NameNode[] = [];
  await visitNodes(store, pattern, (node) => {
    if (nodes.push(decodeNode(node)) > MAX_NODES) {
      throw new TargetError(`Cannot list so many names: at most ${MAX_NODES}`);
    }
  });
  return nodes.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/**
 * Visits the nodes that match a pattern, in any order; a name may be a leaf and a branch. A key that is deleted and
 * put again meanwhile may come twice.
 *
 * @throws {TargetError} for a pattern that is too long
 */
export async function visitNodes(
  store: MetricStore,
  pattern: string,
  visit: (node: FoundNode) => void,
): Promise<void> {
  const sink = new NodeSink(pattern, visit);
  const reader = await store.openKeys(toByteRange("*"));
  while (!await reader.fill(sink)) {
    sink.beginPiece();
    await socketsLookedAt();
  }
}

// Looks at as many parts of each key as the pattern has.
class NodeSink implements KeySink {
  readonly #visit: (node: FoundNode) => void;
  readonly #pattern: KeyPattern;
  readonly #depth: number;
  // The branches that were visited. Many keys have the same one, and finding it costs less than matching it.
  readonly #branches = new KeyTable<Keyed>(createSeed());
  #keysOfPiece = 0;

  constructor(pattern: string, visit: (node: FoundNode) => void) {
    this.#visit = visit;
    this.#pattern = readGlob(pattern);
    this.#depth = pattern.split(".").length;
  }

  get isFull(): boolean {
    return this.#keysOfPiece >= KEYS_A_PIECE;
  }

  beginPiece(): void {
    this.#keysOfPiece = 0;
  }

  addKey(bytes: Uint8Array, keyStart: number, keyEnd: number): void {
    this.#keysOfPiece++;
    const end = this.#endOfNode(bytes, keyStart, keyEnd);
    if (end < 0) return;
    const isLeaf = end === keyEnd;
    if (!isLeaf && this.#branches.find(bytes, keyStart, end) !== undefined) return;
    if (!this.#pattern.matches(bytes, keyStart, end)) return;
    if (!isLeaf) {
      this.#branches.add({ keyPage: bytes.slice(keyStart, end), keyStart: 0, keyEnd: end - keyStart });
    }
    this.#visit({ kind: isLeaf ? "leaf" : "branch", bytes, start: keyStart, end });
  }

  // After as many parts as the pattern has; -1 if the key has fewer.
  #endOfNode(bytes: Uint8Array, start: number, end: number): number {
    let dots = 0;
    for (let position = start; position < end; position++) {
      if (bytes[position] === DOT && ++dots === this.#depth) return position;
    }
    return dots === this.#depth - 1 ? end : -1;
  }
}

/**
 * The nodes in the form of `format=treejson`, branches first.
 *
 * @param withWildcard a node for all of them in front
 */
export function toTree(
  nodes: readonly NameNode[],
  { pattern, withWildcard }: { readonly pattern: string; readonly withWildcard: boolean },
): unknown[] {
  const base = pattern.includes(".") ? pattern.slice(0, pattern.lastIndexOf(".") + 1) : "";
  const kindOf = (isLeaf: boolean): Record<string, number> => {
    const [branch, leaf] = isLeaf ? [0, 1] : [1, 0];
    return { allowChildren: branch, expandable: branch, leaf };
  };
  const byName = new Map<string, NameNode>();
  for (const node of nodes) if (!byName.has(node.name)) byName.set(node.name, node);
  const sorted = [...byName.values()].sort((a, b) => Number(a.isLeaf) - Number(b.isLeaf));
  const rows = sorted.map(({ name, isLeaf }) => ({ text: name, id: base + name, ...kindOf(isLeaf) }));
  if (!withWildcard || nodes.length < 2) return rows;
  return [{ text: "*", id: `${base}*`, ...kindOf(nodes.every(({ isLeaf }) => isLeaf)) }, ...rows];
}
