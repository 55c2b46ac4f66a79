// deno-lint-ignore-file no-console -- a program: its tables go to stdout, its progress to stderr
// The benchmark: millrace and its peers side by side in one run. `deno task bench --help` explains the flags.

import { ASSAULTS, ATTACK_SECTION } from "./attack_section.ts";
import { chooseGenerators } from "./generators/generator.ts";
import { CLUSTER_SECTION } from "./cluster_section.ts";
import { FETCH_SECTION } from "./fetch_section.ts";
import { HTTP_SECTION } from "./http_section.ts";
import { LATENCY_SECTION } from "./latency_section.ts";
import { writeParts } from "./document.ts";
import { describeMachine, inspectMachine } from "./machine.ts";
import { MEMORY_SECTION } from "./memory_section.ts";
import { METRICS_SECTION } from "./metrics_section.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { createMemoryPeers } from "./peers/metrics_peers.ts";
import { HELLO_PEERS, MEMORY_PEERS } from "./peers/peers.ts";
import { STATIC_PEERS } from "./peers/static_peers.ts";
import { ProcessGroup } from "./processes.ts";
import { SITE_SECTIONS } from "./site_section.ts";
import { SITE_PEER_NAMES } from "./peers/site_peers.ts";
import { STATIC_SECTION } from "./static_section.ts";
import type { Bench, Section, SectionReport } from "./section.ts";
import { toMarkdown } from "./table.ts";
import { TRAP_PEERS, TRAP_SECTION } from "./trap_section.ts";

// A new section is a new file that exports a Section, and a new name here.
const SECTIONS: readonly Section[] = [
  HTTP_SECTION,
  FETCH_SECTION,
  MEMORY_SECTION,
  LATENCY_SECTION,
  STATIC_SECTION,
  ...SITE_SECTIONS,
  TRAP_SECTION,
  METRICS_SECTION,
  CLUSTER_SECTION,
  ATTACK_SECTION,
];
const ROOT = new URL("../../", import.meta.url);

async function main(): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(Deno.args);
    checkNames("section", options.sections, SECTIONS.map((section) => section.name));
    checkNames(
      "server or attack",
      options.only,
      [
        ...HELLO_PEERS,
        ...MEMORY_PEERS,
        ...STATIC_PEERS,
        ...TRAP_PEERS,
        ...createMemoryPeers(),
        ...ASSAULTS,
      ].map(({ name }) => name).concat(SITE_PEER_NAMES),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const processes = new ProcessGroup();
  const folder = await Deno.makeTempDir({ prefix: "millrace_bench_" });
  const interruption = watchInterruption(processes);
  try {
    const code = await runSections(options, processes, folder);
    return interruption.code ?? code;
  } finally {
    await processes.stopAll();
    interruption.ignore();
    await Deno.remove(folder, { recursive: true });
  }
}

async function runSections(options: BenchOptions, processes: ProcessGroup, folder: string): Promise<number> {
  const machine = await inspectMachine(processes, ROOT);
  const generators = chooseGenerators(options.generator, { processes, machine, folder });
  const report = (line: string): void => {
    if (!processes.isStopped) console.error(line);
  };
  const bench: Bench = { options, machine, processes, generators, folder, report };
  console.log(`${describeMachine(machine)}\n`);
  const reports = new Map<string, SectionReport>();
  for (const section of SECTIONS) {
    if (options.sections.length > 0 && !options.sections.includes(section.name)) continue;
    const found = await section.run(bench);
    // After an interrupt the result of a section without its servers is not worth printing.
    if (processes.isStopped) return 1;
    console.log(toText(found));
    reports.set(section.name, found);
  }
  if (options.json !== undefined) await writeJson(options.json, bench, reports);
  if (options.write !== undefined) await writeDocument(options.write, bench, reports);
  return [...reports.values()].some(({ isBroken }) => isBroken) ? 1 : 0;
}

function checkNames(kind: string, names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new RangeError(`Cannot run ${kind} "${name}": expected one of ${[...new Set(known)].join(", ")}`);
  }
}

interface Interruption {
  /** 128 and the number of the signal that came, or undefined. */
  readonly code: number | undefined;
  /** Stops watching. */
  ignore(): void;
}

/** Ends all processes on Ctrl-C and SIGTERM: the current measurement then fails at once. */
function watchInterruption(processes: ProcessGroup): Interruption {
  let received: number | undefined;
  const removals = ([["SIGINT", 130], ["SIGTERM", 143]] as const).map(([name, code]) => {
    const listener = (): void => {
      // On Ctrl-C the signal comes twice: from the terminal, and passed on by `deno task`.
      received ??= code;
      processes.stopAll();
    };
    Deno.addSignalListener(name, listener);
    return () => Deno.removeSignalListener(name, listener);
  });
  return {
    get code(): number | undefined {
      return received;
    },
    ignore: () => removals.forEach((remove) => remove()),
  };
}

function toText(report: SectionReport): string {
  const notes = report.notes.map((note) => `- ${note}\n`).join("");
  return `### ${report.title}\n\n${report.method}\n\n${toMarkdown(report.table)}\n${
    notes === "" ? "" : `\n${notes}`
  }`;
}

/** Each table with its machine and its day, because sections may come from several runs. */
async function writeDocument(
  file: string,
  { machine }: Bench,
  reports: ReadonlyMap<string, SectionReport>,
): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const parts = new Map(
    Array.from(
      reports,
      ([name, report]) =>
        [name, `${toText(report)}\nMeasured on ${day}:\n\n${describeMachine(machine)}`] as const,
    ),
  );
  await Deno.writeTextFile(file, writeParts(await Deno.readTextFile(file), parts));
}

async function writeJson(
  file: string,
  bench: Bench,
  reports: ReadonlyMap<string, SectionReport>,
): Promise<void> {
  const figures = Object.fromEntries([...reports].map(([name, { figures }]) => [name, figures]));
  const machine = { ...bench.machine, versions: Object.fromEntries(bench.machine.versions) };
  await Deno.writeTextFile(
    file,
    JSON.stringify({ machine, options: bench.options, figures }, null, 2) + "\n",
  );
}

if (import.meta.main) Deno.exit(await main());
