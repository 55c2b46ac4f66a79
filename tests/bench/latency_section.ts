import { firstLine, type HelloPeer, startHelloPeers, stopHelloPeers } from "./peers/start_hello.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber } from "./table.ts";

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 1;

interface Latency {
  readonly server: HelloPeer;
  readonly p50Us?: number;
  readonly p99Us?: number;
  readonly problem?: string;
}

/** Time until the response under the load of 64 connections that never pause. */
export const LATENCY_SECTION: Section = { name: "latency", run: measureLatencies };

async function measureLatencies(bench: Bench): Promise<SectionReport> {
  const { seconds } = bench.options;
  const servers = await startHelloPeers(bench);
  const latencies: Latency[] = [];
  try {
    for (const server of servers) {
      bench.report(`latency: ${server.peer.title}`);
      latencies.push(await measureLatency(bench, server));
    }
  } finally {
    await stopHelloPeers(servers);
  }
  return {
    title: "Latency: hello world at full load",
    method:
      `${CONNECTIONS} keep-alive connections that ask again at once, load by ${bench.generators.single.name}, ` +
      `${seconds} s each after ${WARM_UP_SECONDS} s that do not count.`,
    table: {
      columns: ["server", "p50 us", "p99 us"],
      rows: latencies.map(({ server, p50Us, p99Us }) => [
        server.peer.title,
        ...(server.kind === "missing" ? ["not available"] : [formatNumber(p50Us), formatNumber(p99Us)]),
      ]),
    },
    notes: latencies.flatMap(({ server, problem }) =>
      problem === undefined ? [] : [`${server.peer.title}: ${problem}.`]
    ),
    figures: latencies.map(({ server, p50Us, p99Us, problem }) => ({
      name: server.peer.name,
      p50Us,
      p99Us,
      problem,
    })),
    isBroken: latencies.some(({ server, problem }) => server.peer.isOurs && problem !== undefined),
  };
}

async function measureLatency(bench: Bench, server: HelloPeer): Promise<Latency> {
  if (server.kind === "missing") return { server, problem: `not available: ${server.reason}` };
  const generator = bench.generators.single;
  const load = { url: server.running.url, connections: CONNECTIONS, pipelined: 1 };
  try {
    await generator.run({ ...load, seconds: WARM_UP_SECONDS });
    const { p50Us, p99Us, failures } = await generator.run({ ...load, seconds: bench.options.seconds });
    return {
      server,
      ...(p50Us === undefined ? {} : { p50Us }),
      ...(p99Us === undefined ? {} : { p99Us }),
      ...(failures === 0 ? {} : { problem: `${failures} failed requests` }),
    };
  } catch (error) {
    return { server, problem: `failed: ${firstLine(error)}` };
  }
}
