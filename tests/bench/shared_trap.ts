import type { RedisCluster } from "../support/redis_cluster.ts";
import { readPort } from "./peers/peer.ts";
import type { ServerProcess } from "./processes.ts";
import type { Bench } from "./section.ts";
import { formatNumber } from "./table.ts";
import { measureFeed, measureRequests, trapCommand } from "./trap_section.ts";

/** Figures of two traps with one store. */
export interface SharedTrapFigures {
  /** Captured requests per second of the one that gets all requests, while the other one follows. */
  readonly requestsPerSecond?: number | undefined;
  /** From a request to its event in the feed of the other one. */
  readonly feedP50Ms?: number | undefined;
  /** The same for the slowest of a hundred. */
  readonly feedP99Ms?: number | undefined;
}

interface TrapNode {
  readonly process: ServerProcess;
  readonly port: number;
  readonly uiPort: number;
}

/** Measures two traps with one store; nothing but the load generator is pinned to a core. */
export async function measureSharedTrap(bench: Bench, { url }: RedisCluster): Promise<SharedTrapFigures> {
  const nodes: TrapNode[] = [];
  try {
    for (let node = 0; node < 2; node++) nodes.push(await startNode(bench, url));
    const [captures, shows] = nodes as [TrapNode, TrapNode];
    const server = { process: captures.process, url: `http://127.0.0.1:${captures.port}/` };
    bench.report("cluster, trap, requests");
    const { requestsPerSecond } = await measureRequests(bench, server);
    bench.report("cluster, trap, feed of another node");
    return { requestsPerSecond, ...await measureFeed(bench, captures, shows.uiPort) };
  } finally {
    await Promise.all(nodes.map(({ process }) => process.stop()));
  }
}

/** The figures in a sentence. */
export function describeSharedTrap({ requestsPerSecond, feedP50Ms, feedP99Ms }: SharedTrapFigures): string {
  return `Trap, two nodes: one captures ${
    formatNumber(requestsPerSecond)
  } requests/s; from a request to its ` +
    `event on the other node, at 1,000 requests/s: p50 ${formatNumber(feedP50Ms)} ms, p99 ${
      formatNumber(feedP99Ms)
    } ms.`;
}

async function startNode(bench: Bench, url: string): Promise<TrapNode> {
  const process = bench.processes.start(trapCommand("--store", url));
  return { process, port: readPort(await process.nextLine()), uiPort: readPort(await process.nextLine()) };
}
