// One level of the tree of names. A store may have a million names without a dot, so the page gets no more than
// it shows.

import { HttpError } from "../../../http/errors.ts";
import { decodeNode, type FoundNode, type NameNode, visitNodes } from "../graphite/names/find_names.ts";
import { TargetError } from "../graphite/targets/target_error.ts";
import type { MetricStore } from "../store.ts";
import { Ranking } from "./ranking.ts";

/** The first nodes of a level, and how many it has. */
export interface NameList {
  /** The first nodes: branches before leaves, by name. */
  readonly nodes: readonly NameNode[];
  /** The number of all nodes. */
  readonly count: number;
}

/**
 * Lists the nodes that match a pattern.
 *
 * @throws {HttpError} 400 for a pattern that is too long
 */
export async function listNames(store: MetricStore, pattern: string, limit: number): Promise<NameList> {
  const first = new Ranking<FoundNode, FoundNode>(compareNodes, limit);
  let count = 0;
  try {
    await visitNodes(store, pattern, (node) => {
      count++;
      first.offer(node, () => copyNode(node));
    });
  } catch (error) {
    if (error instanceof TargetError) throw new HttpError(400, error.message, { cause: error });
    throw error;
  }
  return { nodes: first.items.map(decodeNode), count };
}

// The store may use the bytes for another key before all are visited.
function copyNode({ kind, bytes, start, end }: FoundNode): FoundNode {
  return { kind, bytes: bytes.slice(start, end), start: 0, end: end - start };
}

// Compares bytes, because decoding all names would take most of the time.
function compareNodes(a: FoundNode, b: FoundNode): number {
  if (a.kind !== b.kind) return a.kind === "leaf" ? 1 : -1;
  let at = a.start;
  let other = b.start;
  while (at < a.end && other < b.end && a.bytes[at] === b.bytes[other]) {
    at++;
    other++;
  }
  if (at === a.end || other === b.end) return a.end - at - (b.end - other);
  return a.bytes[at]! - b.bytes[other]!;
}
