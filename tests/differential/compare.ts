import type { ByteRow, RowSection } from "../testdata/http/row.ts";
import type { Explanation } from "./explanation.ts";
import type { Observation } from "./observe.ts";
import type { PeerName } from "./peers.ts";

/** A row that a peer reads differently from us. */
export interface Disagreement {
  /** Theme and claim of the row. */
  readonly row: string;
  readonly peer: PeerName;
  readonly ours: string;
  readonly theirs: string;
}

/** A disagreement and its reason. */
export interface Explained extends Disagreement {
  readonly explanation: Explanation;
}

/** The result of {@linkcode explainAll}. */
export interface Verdict {
  readonly explained: readonly Explained[];
  /** Disagreements without a reason. */
  readonly unexplained: readonly Disagreement[];
  /** Reasons for a peer that explain nothing. */
  readonly stale: readonly string[];
}

/** A request after a row: a server that responds to it agrees with us on where the row ended. */
export const AFTER = "GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** The bytes to send for a row. A row that is cut off is sent alone, because another request would complete it. */
export function bytesOfRow([, sent, tokens]: ByteRow): string {
  return tokens === "" || / incomplete @\d+$/.test(tokens) ? sent : sent + AFTER;
}

/** The name of a row: its theme without the sections, and its claim. */
export function nameOfRow({ title }: RowSection, [claim]: ByteRow): string {
  return `${title.replace(/ \(RFC[^)]*\)$/, "")}: ${claim}`;
}

/** An observation in one line: `2xx GET /, 2xx GET /after, closed`. */
export function summarize({ responses, isClosed }: Observation): string {
  return [...responses, isClosed ? "closed" : "open"].join(", ");
}

/** Looks for the first reason of each disagreement, and for reasons that no disagreement has. */
export function explainAll(
  disagreements: readonly Disagreement[],
  explanations: readonly Explanation[],
  peers: readonly PeerName[],
): Verdict {
  const explained: Explained[] = [];
  const unexplained: Disagreement[] = [];
  for (const disagreement of disagreements) {
    const explanation = explanations.find((each) => explains(each, disagreement));
    if (explanation === undefined) unexplained.push(disagreement);
    else explained.push({ ...disagreement, explanation });
  }
  const used = new Set(explained.map(({ peer, explanation }) => `${peer}: ${explanation.why}`));
  const stale = explanations.flatMap((explanation) =>
    explanation.peers.filter((peer) => peers.includes(peer)).map((peer) => `${peer}: ${explanation.why}`)
  ).filter((reason) => !used.has(reason));
  return { explained, unexplained, stale };
}

function explains({ peers, rows, ours, theirs }: Explanation, disagreement: Disagreement): boolean {
  return peers.includes(disagreement.peer) && rows.test(disagreement.row) &&
    (ours?.test(disagreement.ours) ?? true) && theirs.test(disagreement.theirs);
}
