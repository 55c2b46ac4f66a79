// The servers of the metrics benchmark, each a process of its own, on one core where the machine lets choose.

import { connectRaw } from "../support/loopback.ts";

/** A server under load. */
export interface BenchServer {
  readonly port: number;
  /** Memory in use in bytes, as the kernel counts it; 0 where it does not. */
  residentBytes(): Promise<number>;
  stop(): Promise<void>;
}

const PROGRAM = new URL("./metrics_bench.ts", import.meta.url).href;

/** Starts the metrics server. @param dataFile database; without it samples live in memory */
export async function startMillrace(dataFile: string = ""): Promise<BenchServer> {
  const args = ["run", "--no-lock", "--no-check", "--quiet", "--allow-all", PROGRAM, "--serve", dataFile];
  const process = spawn(Deno.execPath(), args);
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return running(process, Number(new TextDecoder().decode(value)));
}

/** Starts Redis without persistence, or with a log synced before each reply; undefined when it is not installed. */
export async function startRedis(directory: string, isDurable: boolean): Promise<BenchServer | undefined> {
  const port = freePort();
  const log = isDurable ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
  let process: Deno.ChildProcess;
  try {
    process = spawn("redis-server", [
      ...settings,
      ...log,
      "--hash-max-listpack-entries",
      "0",
      "--loglevel",
      "warning",
    ]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  await answers(port);
  return running(process, port);
}

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  try {
    return new Deno.Command("which", { args: [program], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

function spawn(program: string, args: string[]): Deno.ChildProcess {
  const isPinned = navigator.hardwareConcurrency > 1 && isInstalled("taskset");
  const [command, ...rest] = isPinned ? ["taskset", "-c", "0", program, ...args] : [program, ...args];
  // A missing program must show here, and not as a silent end of taskset.
  if (isPinned && !program.includes("/") && !isInstalled(program)) throw new Deno.errors.NotFound(program);
  return new Deno.Command(command!, { args: rest, stdout: "piped", stderr: "inherit" }).spawn();
}

function running(process: Deno.ChildProcess, port: number): BenchServer {
  return {
    port,
    residentBytes: () => residentBytes(process.pid),
    stop: async () => {
      process.kill("SIGKILL");
      await process.status;
      await process.stdout.cancel();
    },
  };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      (await connectRaw(port)).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`Cannot use port ${port}: nothing answers`);
}
