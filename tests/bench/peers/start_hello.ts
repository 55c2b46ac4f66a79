import { checkHello } from "../hello_check.ts";
import type { Bench } from "../section.ts";
import { type Peer, type RunningPeer, startPeer } from "./peer.ts";
import { HELLO_PEERS, selectPeers } from "./peers.ts";

/** One server of a run: running, or with the reason why not. */
export type HelloPeer =
  | { readonly kind: "running"; readonly peer: Peer; readonly running: RunningPeer }
  | { readonly kind: "missing"; readonly peer: Peer; readonly reason: string };

/** Starts all servers that the command line names, one after the other, and checks their responses. Never rejects. */
export async function startHelloPeers(bench: Bench): Promise<HelloPeer[]> {
  const started: HelloPeer[] = [];
  for (const peer of selectPeers(HELLO_PEERS, bench.options.only)) {
    started.push(await startHelloPeer(peer, bench));
  }
  return started;
}

/** Stops the running ones. */
export async function stopHelloPeers(peers: readonly HelloPeer[]): Promise<void> {
  await Promise.all(
    peers.map((entry) => entry.kind === "running" ? entry.running.process.stop() : undefined),
  );
}

async function startHelloPeer(peer: Peer, bench: Bench): Promise<HelloPeer> {
  bench.report(`starting ${peer.title}`);
  try {
    const running = await startPeer(peer, bench);
    try {
      await checkHello(running.port);
      return { kind: "running", peer, running };
    } catch (error) {
      await running.process.stop();
      throw error;
    }
  } catch (error) {
    return { kind: "missing", peer, reason: firstLine(error) };
  }
}

/** The first line of an error: enough for a table. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}
