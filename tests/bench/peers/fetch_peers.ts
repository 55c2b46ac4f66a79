import { bundleLibrary } from "../../../build/bundle.ts";
import type { Bench } from "../section.ts";
import { denoCommand, type Peer } from "./peer.ts";

/** A runtime, with its own server and ours: with and without the fast Response, and with a handler of our own kind. */
export interface FetchPeers {
  /** The runtime, for people. */
  readonly runtime: string;
  /** The server to compare with, for people. */
  readonly peerTitle: string;
  /** The servers for a workload, the one to compare with first. */
  readonly peersFor: (workload: string) => readonly Peer[];
}

/** The pairs to compare. */
export const FETCH_PEERS: readonly FetchPeers[] = [
  compare("deno", "Deno", { title: "Deno.serve", file: "fetch_deno.ts" }),
  compare("node", "Node", { title: "@hono/node-server", file: "fetch_node.ts" }),
  compare("bun", "Bun", { title: "Bun.serve", file: "fetch_bun.ts" }),
];

function compare(
  tool: string,
  runtime: string,
  other: { readonly title: string; readonly file: string },
): FetchPeers {
  const peer = (title: string, file: string, args: readonly string[]): Peer => ({
    name: `fetch-${tool}`,
    title,
    isOurs: file === "fetch_millrace.ts",
    tool,
    command: (bench) => commandOf(tool, file, { bench, args }),
  });
  return {
    runtime,
    peerTitle: other.title,
    peersFor: (workload) => [
      peer(other.title, other.file, [workload]),
      peer(`millrace on ${runtime}`, "fetch_millrace.ts", [workload, "plain"]),
      peer(`millrace on ${runtime}, overrideGlobals`, "fetch_millrace.ts", [workload, "fast"]),
      ...(workload === "plain"
        ? [peer(`millrace on ${runtime}, own handler`, "fetch_millrace.ts", [workload, "own"])]
        : []),
    ],
  };
}

async function commandOf(
  tool: string,
  file: string,
  { bench, args }: { readonly bench: Bench; readonly args: readonly string[] },
): Promise<readonly string[]> {
  if (tool === "deno") return denoCommand(file, ...args);
  const output = `${bench.folder}/${tool}_${file.replace(".ts", ".mjs")}`;
  // As the npm package has it: without the program, whose code would make each collection take longer.
  await bundleLibrary(new URL(file, import.meta.url), output);
  return [tool, output, ...args];
}
