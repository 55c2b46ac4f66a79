import { bundle } from "../../../build/bundle.ts";
import { pin } from "../machine.ts";
import type { ServerProcess } from "../processes.ts";
import type { Bench } from "../section.ts";

/** A server under measurement. */
export interface Peer {
  /** Its name on the command line. */
  readonly name: string;
  /** Name for people. */
  readonly title: string;
  /** Whether it is ours: then a failure is an error, and not only a missing row. */
  readonly isOurs?: boolean;
  /** The tool that it needs. */
  readonly tool: string;
  /** The command that starts it. It announces its URL in the first line on stdout. */
  readonly command: (bench: Bench) => readonly string[] | Promise<readonly string[]>;
  /** For programs that announce nothing: prepares them, and tells the port they will use. */
  readonly choosePort?: (bench: Bench) => Promise<number>;
}

/** A running peer. */
export interface RunningPeer {
  /** The peer. */
  readonly peer: Peer;
  /** Its process. */
  readonly process: ServerProcess;
  /** URL of its hello. */
  readonly url: string;
  /** Its port on 127.0.0.1. */
  readonly port: number;
}

const CONNECT_DEADLINE_MS = 10_000;
const CONNECT_INTERVAL_MS = 20;

/** The command for one of our TypeScript programs. */
export function denoCommand(file: string, ...args: readonly string[]): readonly string[] {
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-net",
    "--allow-read",
    "--allow-write",
    peerFile(file),
    ...args,
  ];
}

/** The command for one of our programs on another runtime, which runs a bundle of it. */
export async function bundleCommand(runtime: string, file: string, { folder }: Bench): Promise<string[]> {
  const output = `${folder}/${runtime}.mjs`;
  await bundle(new URL(file, import.meta.url), output);
  return [runtime, output];
}

/** The path of a program in this folder. */
export function peerFile(file: string): string {
  return decodeURIComponent(new URL(file, import.meta.url).pathname);
}

/**
 * Starts a peer on core 0 and waits until it takes connections.
 *
 * @throws {Error} with the reason why it is not available
 */
export async function startPeer(peer: Peer, bench: Bench): Promise<RunningPeer> {
  if (!bench.machine.versions.has(peer.tool)) throw new Error(`${peer.tool} is not installed`);
  const chosenPort = await peer.choosePort?.(bench);
  const process = bench.processes.start(withRaisedLimit(pin(bench.machine, 0, await peer.command(bench))));
  try {
    const port = chosenPort ?? readPort(await process.nextLine());
    if (chosenPort !== undefined) await waitForPort(chosenPort, bench);
    return { peer, process, port, url: `http://127.0.0.1:${port}/` };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** Lets a program have 30,000 descriptors, or all that are allowed: 10,000 connections need as many. */
export function withRaisedLimit(command: readonly string[]): readonly string[] {
  if (Deno.build.os === "windows") return command;
  return [
    "sh",
    "-c",
    'ulimit -n 30000 2>/dev/null || ulimit -n "$(ulimit -H -n)"; exec "$@"',
    "sh",
    ...command,
  ];
}

/** Asks the system for a port that is free now. */
export function findFreePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** The port in the first line of one of our servers. @throws {Error} there is none */
export function readPort(line: string): number {
  const port = /listening on (?:https?|tcp):\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
  if (port === undefined) throw new Error(`Cannot read the port: first line is "${line}"`);
  return Number(port);
}

async function waitForPort(port: number, { processes }: Bench): Promise<void> {
  const deadlineMs = performance.now() + CONNECT_DEADLINE_MS;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (performance.now() > deadlineMs || processes.isStopped) throw error;
      await new Promise((resolve) => setTimeout(resolve, CONNECT_INTERVAL_MS));
    }
  }
}
