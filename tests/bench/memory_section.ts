import { askHello, download, upload } from "./clients/transfers.ts";
import { holdIdleConnections } from "./idle_clients.ts";
import { type Peer, type RunningPeer, startPeer } from "./peers/peer.ts";
import { MEMORY_PEERS, selectPeers } from "./peers/peers.ts";
import { firstLine } from "./peers/start_hello.ts";
import { measurePeakGrowth } from "./process_costs.ts";
import { withDeadline } from "./processes.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber } from "./table.ts";

const TRANSFER_BYTES = 2 ** 30;
const MEBIBYTE = 2 ** 20;
const DEADLINE_MS = 60_000;

interface Task {
  readonly title: string;
  /** Bytes that go through the server; 0 if no speed is reported. */
  readonly bytes: number;
  readonly run: (bench: Bench, server: RunningPeer) => Promise<void>;
}

interface Growth {
  readonly task: string;
  readonly growthBytes?: number | undefined;
  readonly seconds?: number;
  readonly problem?: string;
}

interface Row {
  readonly peer: Peer;
  readonly growths: readonly Growth[];
}

const TASKS: readonly Task[] = [
  {
    title: "10,000 idle connections",
    bytes: 0,
    run: (bench, { port }) => holdIdleConnections(bench, port),
  },
  {
    title: "1 GiB upload, length",
    bytes: TRANSFER_BYTES,
    run: (_bench, { port }) => upload(port, TRANSFER_BYTES, "length"),
  },
  {
    title: "1 GiB upload, chunked",
    bytes: TRANSFER_BYTES,
    run: (_bench, { port }) => upload(port, TRANSFER_BYTES, "chunked"),
  },
  {
    title: "1 GiB response, chunked",
    bytes: TRANSFER_BYTES,
    run: (_bench, { port }) => download(port, TRANSFER_BYTES),
  },
];

/** Growth of the server's memory: idle connections, large uploads, a large response. */
export const MEMORY_SECTION: Section = { name: "memory", run: measureMemory };

async function measureMemory(bench: Bench): Promise<SectionReport> {
  const rows: Row[] = [];
  for (const peer of selectPeers(MEMORY_PEERS, bench.options.only)) {
    const growths: Growth[] = [];
    for (const task of TASKS) {
      bench.report(`memory: ${peer.title}, ${task.title}`);
      growths.push(await measureTask(bench, peer, task));
    }
    rows.push({ peer, growths });
  }
  return {
    title: "Memory: growth of the server in MiB",
    method:
      "Highest resident size while it happens, less the resident size before, after one small request; a fresh " +
      "process for each figure. In brackets: MiB/s with a client in TypeScript.",
    table: {
      columns: ["server", ...TASKS.map((task) => task.title)],
      rows: rows.map(({ peer, growths }) => [peer.title, ...growths.map(formatGrowth)]),
    },
    notes: rows.flatMap(({ peer, growths }) =>
      growths.flatMap(({ task, problem }) =>
        problem === undefined ? [] : [`${peer.title}, ${task}: ${problem}.`]
      )
    ),
    figures: rows.map(({ peer, growths }) => ({ name: peer.name, growths })),
    isBroken: rows.some(({ peer, growths }) =>
      peer.isOurs && growths.some(({ problem }) => problem !== undefined)
    ),
  };
}

async function measureTask(bench: Bench, peer: Peer, task: Task): Promise<Growth> {
  try {
    const server = await startPeer(peer, bench);
    try {
      await askHello(server.port);
      const startedAtMs = performance.now();
      const action = (): Promise<void> => withDeadline(task.run(bench, server), DEADLINE_MS, "Cannot finish");
      const growthBytes = await measurePeakGrowth(server.process.pid, action);
      const seconds = (performance.now() - startedAtMs) / 1_000;
      return { task: task.title, growthBytes, ...(task.bytes > 0 ? { seconds } : {}) };
    } finally {
      await server.process.stop();
    }
  } catch (error) {
    return { task: task.title, problem: firstLine(error) };
  }
}

function formatGrowth({ growthBytes, seconds, problem }: Growth): string {
  if (problem !== undefined) return "failed";
  if (growthBytes === undefined) return "n/a";
  const speed = seconds === undefined ? "" : ` (${formatNumber(TRANSFER_BYTES / MEBIBYTE / seconds)})`;
  return formatNumber(growthBytes / MEBIBYTE, 1) + speed;
}
