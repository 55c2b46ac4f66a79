import { ATTACKS } from "../attack/attacks.ts";
import type { State } from "../support/server_state.ts";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import type { Visits } from "./clients/visitors.ts";
import { pin } from "./machine.ts";
import {
  denoCommand,
  type Peer,
  peerFile,
  type RunningPeer,
  startPeer,
  withRaisedLimit,
} from "./peers/peer.ts";
import { firstLine } from "./peers/start_hello.ts";
import { readMemory } from "./process_costs.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { formatNumber, formatRatio } from "./table.ts";

const VISITORS = 64;
const PAUSE_MS = 10;
// Longer than the time for a head, so that it covers the moment when all of them time out together.
const SECONDS = 15;
const RELEASE_DEADLINE_MS = 60_000;
const ASK_AGAIN_MS = 100;
const MEBIBYTE = 2 ** 20;
const MAX_ATTACKERS = 5_000;

// Attacks that keep a processor busy come with fewer attackers: they share one with the load generator.
const ATTACKERS: Readonly<Record<string, number>> = { pipelines: 100, resets: 1_000, visits: 1_000 };

/** An attack in full size. */
export interface Assault {
  /** The word on the command line. */
  readonly name: string;
  /** Name for people. */
  readonly title: string;
  /** Name of the attack. */
  readonly attack: string;
  /** How many attackers come. */
  readonly count: number;
  /** The options that the server is started with. */
  readonly options: ServeOptions;
}

/** Every attack in full size. */
export const ASSAULTS: readonly Assault[] = [
  ...ATTACKS.map(({ name, title }) => ({
    name,
    title,
    attack: name,
    count: ATTACKERS[name] ?? MAX_ATTACKERS,
    options: {},
  })),
  {
    name: "flood",
    title: "connections beyond the limit, again and again",
    attack: "silence",
    count: MAX_ATTACKERS,
    options: { maxConnections: 2_000 },
  },
];

interface Outcome {
  readonly assault: Assault;
  readonly quiet?: Visits;
  readonly attacked?: Visits;
  readonly peakBytes?: number | undefined;
  readonly descriptorsLeft?: number | undefined;
  readonly connectionsLeft?: number;
  readonly problem?: string;
}

/** The effect of an attack on others, its cost, and its remains. */
export const ATTACK_SECTION: Section = { name: "attack", run: measureAttacks };

async function measureAttacks(bench: Bench): Promise<SectionReport> {
  const { only } = bench.options;
  const outcomes: Outcome[] = [];
  for (const assault of ASSAULTS) {
    if (only.length > 0 && !only.includes(assault.name)) continue;
    bench.report(`attack: ${assault.title}`);
    outcomes.push(await measureAssault(bench, assault));
  }
  return {
    title: "Under attack",
    method:
      `${VISITORS} visitors ask for hello world every ${PAUSE_MS} ms, ${SECONDS} s in quiet and ${SECONDS} s ` +
      "while attackers come, and come again when the server closes their connections. Default limits and time-outs. Left: " +
      "connections and descriptors after the attackers have gone, more than before.",
    table: {
      columns: ["attack", "attackers", "p99 us", "quiet", "ratio", "longest ms", "peak MiB", "left"],
      rows: outcomes.map(toRow),
    },
    notes: outcomes.flatMap(({ assault, problem }) =>
      problem === undefined ? [] : [`${assault.title}: ${problem}.`]
    ),
    figures: outcomes.map(({ assault, ...found }) => ({ name: assault.name, ...found })),
    isBroken: outcomes.some(({ problem }) => problem !== undefined),
  };
}

function toRow({ assault, quiet, attacked, peakBytes, descriptorsLeft, connectionsLeft }: Outcome): string[] {
  return [
    assault.title,
    formatNumber(assault.count),
    formatNumber(attacked?.p99Us),
    formatNumber(quiet?.p99Us),
    formatRatio(attacked?.p99Us, quiet?.p99Us ?? NaN),
    formatNumber(attacked === undefined ? undefined : attacked.maxUs / 1_000),
    formatNumber(peakBytes === undefined ? undefined : peakBytes / MEBIBYTE),
    `${formatNumber(connectionsLeft)} / ${formatNumber(descriptorsLeft)}`,
  ];
}

async function measureAssault(bench: Bench, assault: Assault): Promise<Outcome> {
  try {
    const server = await startPeer(targetFor(assault), bench);
    try {
      return await assail(bench, server, assault);
    } finally {
      await server.process.stop();
    }
  } catch (error) {
    return { assault, problem: firstLine(error) };
  }
}

function targetFor({ options }: Assault): Peer {
  return {
    name: "millrace",
    title: "millrace",
    isOurs: true,
    tool: "deno",
    command: () => denoCommand("../../attack/target.ts", JSON.stringify(options)),
  };
}

async function assail(bench: Bench, server: RunningPeer, assault: Assault): Promise<Outcome> {
  const quiet = await (await beginVisits(bench, server))();
  await untilAlone(server);
  const before = countDescriptors(server);
  // The visitors are there before the attackers come.
  const finishVisits = await beginVisits(bench, server);
  const attackers = bench.processes.start(
    withRaisedLimit(pin(bench.machine, 1, attackerCommand(server, assault))),
  );
  let attacked: Visits;
  try {
    await attackers.nextLine();
    attacked = await finishVisits();
  } finally {
    await attackers.stop();
  }
  const connectionsLeft = await untilAlone(server);
  const after = countDescriptors(server);
  const failures = quiet.failures + attacked.failures;
  return {
    assault,
    quiet,
    attacked,
    peakBytes: readMemory(server.process.pid)?.peakBytes,
    connectionsLeft,
    descriptorsLeft: before === undefined || after === undefined ? undefined : Math.max(0, after - before),
    ...(failures === 0 ? {} : { problem: `${failures} visitors lost their connections` }),
  };
}

/** Lets the visitors in. @returns waits until they have gone */
async function beginVisits(
  bench: Bench,
  { port }: RunningPeer,
): Promise<() => Promise<Visits>> {
  const numbers = [port, VISITORS, SECONDS, PAUSE_MS].map(String);
  const program = [Deno.execPath(), "run", "--quiet", "--allow-net", peerFile("../clients/visitors.ts")];
  const visitors = bench.processes.start(pin(bench.machine, 1, [...program, ...numbers]));
  await visitors.nextLine();
  return async () => {
    try {
      return JSON.parse(await visitors.nextLine());
    } finally {
      await visitors.stop();
    }
  };
}

function attackerCommand({ port }: RunningPeer, { attack, count }: Assault): readonly string[] {
  const program = peerFile("../clients/attackers.ts");
  return [Deno.execPath(), "run", "--quiet", "--allow-net", program, String(port), attack, String(count)];
}

function countDescriptors({ process }: RunningPeer): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  return [...Deno.readDirSync(`/proc/${process.pid}/fd`)].length;
}

/** Waits until the server's only connection is the one that asks. @returns how many there are in the end */
async function untilAlone(server: RunningPeer): Promise<number> {
  const deadlineMs = performance.now() + RELEASE_DEADLINE_MS;
  for (;;) {
    const { connections } = await askState(server);
    if (connections <= 1 || performance.now() > deadlineMs) return connections - 1;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

async function askState({ url }: RunningPeer): Promise<State> {
  const response = await fetch(`${url}state`, { headers: { Connection: "close" } });
  return await response.json();
}
