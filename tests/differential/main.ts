// Sends the corpus to node:http, Deno.serve, nginx and Bun.serve, and lists where they read it differently from us:
// deno task differential [--list]

import { parseArgs } from "@std/cli/parse-args";
import { CORPUS } from "../testdata/http/corpus.ts";
import {
  bytesOfRow,
  type Disagreement,
  explainAll,
  type Explained,
  nameOfRow,
  summarize,
  type Verdict,
} from "./compare.ts";
import { EXPLANATIONS } from "./explanations.ts";
import { observe } from "./observe.ts";
import { type RunningPeer, withPeers } from "./peers.ts";

const CONCURRENT_ROWS = 8;

interface SentRow {
  readonly name: string;
  readonly sent: string;
}

// Peers have limits of their own, so rows about our limits are left out.
const ROWS: readonly SentRow[] = CORPUS.filter(({ options }) => options === undefined)
  .flatMap((section) =>
    section.rows.map((row) => ({ name: nameOfRow(section, row), sent: bytesOfRow(row) }))
  );

async function main(args: readonly string[]): Promise<number> {
  const { list } = parseArgs([...args], { boolean: ["list"] });
  let code = 1;
  await withPeers(async (peers) => {
    for (const { name, version, isKnown } of peers) {
      console.log(`${name} ${version}${isKnown ? "" : ": the reasons are those of another version"}`);
    }
    const judged = peers.filter(({ isKnown }) => isKnown);
    code = report(await judge(judged), list);
    const others = peers.filter(({ name, isKnown }) => name === "millrace" || !isKnown);
    if (others.length > 1) reportOthers(await collect(others, ROWS, CONCURRENT_ROWS), list);
  });
  return code;
}

/** Under load a peer can seem to wait, so a disagreement without a reason is observed again, on its own. */
async function judge(peers: readonly RunningPeer[]): Promise<Verdict> {
  const names = peers.map(({ name }) => name);
  const disagreements = await collect(peers, ROWS, CONCURRENT_ROWS);
  const doubtful = new Set(explainAll(disagreements, EXPLANATIONS, names).unexplained.map(({ row }) => row));
  const again = await collect(peers, ROWS.filter(({ name }) => doubtful.has(name)), 1);
  return explainAll(
    [...disagreements.filter(({ row }) => !doubtful.has(row)), ...again],
    EXPLANATIONS,
    names,
  );
}

async function collect(
  peers: readonly RunningPeer[],
  rows: readonly SentRow[],
  concurrentRows: number,
): Promise<Disagreement[]> {
  const found: Disagreement[][] = rows.map(() => []);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < rows.length) {
      const index = next++;
      found[index] = await compareRow(rows[index]!, peers);
    }
  };
  await Promise.all(Array.from({ length: concurrentRows }, work));
  return found.flat();
}

async function compareRow({ name, sent }: SentRow, peers: readonly RunningPeer[]): Promise<Disagreement[]> {
  const [ours, ...others] = await Promise.all(
    peers.map(async (peer) => ({ peer: peer.name, summary: summarize(await observe(peer.port, sent)) })),
  );
  return others.filter(({ summary }) => summary !== ours!.summary)
    .map(({ peer, summary }) => ({ row: name, peer, ours: ours!.summary, theirs: summary }));
}

function report({ explained, unexplained, stale }: Verdict, isListed: boolean): number {
  const byReason = Map.groupBy(explained, ({ explanation }) => explanation);
  for (const [{ why }, rows] of byReason) {
    console.log(`\n${why} (${rows.length})`);
    if (isListed) { for (const row of rows) console.log(`  ${describe(row)}`); }
  }
  for (const disagreement of unexplained) console.log(`\nwithout a reason: ${describe(disagreement)}`);
  for (const reason of stale) console.log(`\nexplains nothing: ${reason}`);
  console.log(
    `\n${ROWS.length} rows, ${explained.length} disagreements with a reason, ${unexplained.length} without, ` +
      `${stale.length} reasons that explain nothing`,
  );
  return unexplained.length + stale.length === 0 ? 0 : 1;
}

function reportOthers(disagreements: readonly Disagreement[], isListed: boolean): void {
  console.log(`\n${disagreements.length} disagreements with peers of other versions`);
  if (isListed) { for (const each of disagreements) console.log(`  ${describe(each)}`); }
}

function describe({ row, peer, ours, theirs }: Disagreement | Explained): string {
  return `${row}\n    millrace: ${ours}\n    ${peer}: ${theirs}`;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
