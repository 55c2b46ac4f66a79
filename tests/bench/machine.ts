import type { ProcessGroup } from "./processes.ts";

/** The machine of a run: without it, figures mean nothing. */
export interface Machine {
  /** Model name of the processor. */
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Memory in bytes. */
  readonly memoryBytes: number;
  /** Operating system and its release. */
  readonly system: string;
  /** Version by name of runtime or tool, if it tells one; a missing name is not installed. */
  readonly versions: ReadonlyMap<string, string>;
  /** Whether servers run on core 0 and load generators on core 1. */
  readonly isPinned: boolean;
}

const PROBES: readonly (readonly string[])[] = [
  ["node", "--version"],
  ["bun", "--version"],
  ["nginx", "-v"],
  ["wrk", "-v"],
  ["ab", "-V"],
  ["redis-server", "--version"],
  ["victoria-metrics", "--version"],
  ["carbon-cache", "--help"],
  ["taskset", "--version"],
];

/** Looks at the machine and asks each tool for its version. */
export async function inspectMachine(processes: ProcessGroup, root: URL): Promise<Machine> {
  const versions = new Map([["deno", Deno.version.deno]]);
  for (const probe of PROBES) {
    const version = await readVersion(processes, probe);
    if (version !== undefined) versions.set(probe[0] ?? "", version);
  }
  for (const [name, version] of readProjectVersions(root)) versions.set(name, version);
  const cores = navigator.hardwareConcurrency;
  return {
    cpu: readCpuModel(),
    cores,
    memoryBytes: Deno.systemMemoryInfo().total,
    system: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    versions,
    isPinned: cores >= 2 && versions.has("taskset"),
  };
}

/** Ties a program to one core if possible: 0 is the server's, 1 the generator's. */
export function pin(machine: Machine, core: 0 | 1, command: readonly string[]): readonly string[] {
  return machine.isPinned ? ["taskset", "-c", String(core), ...command] : command;
}

/** Describes the machine in lines of Markdown. */
export function describeMachine(machine: Machine): string {
  const memory = (machine.memoryBytes / 2 ** 30).toFixed(0);
  const versions = [...machine.versions].map(([name, version]) => `${name} ${version}`).join(", ");
  const pinned = machine.isPinned
    ? "servers on core 0, load generator on core 1"
    : "nothing pinned to a core";
  return [
    `- Machine: ${machine.cpu}, ${machine.cores} cores, ${memory} GiB memory, ${machine.system}; ${pinned}`,
    `- Versions: ${versions}`,
  ].join("\n");
}

async function readVersion(processes: ProcessGroup, probe: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await processes.run(probe);
    return /\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0] ?? "(unknown version)";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function readProjectVersions(root: URL): [string, string][] {
  const settings: { version: string; imports: Record<string, string> } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", root)),
  );
  const hono = settings.imports["hono"]?.split("@").pop() ?? "unknown";
  return [["millrace", settings.version], ["hono", hono]];
}

function readCpuModel(): string {
  try {
    return /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ??
      "unknown processor";
  } catch {
    return "unknown processor";
  }
}
