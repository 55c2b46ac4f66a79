import { NGINX } from "./nginx.ts";
import { bundleCommand, denoCommand, type Peer, peerFile } from "./peer.ts";

/** The log of the second row, a file in the folder of the run. */
export const ACCESS_LOG = "access.log";

/** The servers that say hello, ours first. */
export const HELLO_PEERS: readonly Peer[] = [
  {
    name: "millrace",
    title: "millrace",
    isOurs: true,
    tool: "deno",
    command: () => denoCommand("millrace.ts"),
  },
  {
    name: "millrace-log",
    title: "millrace, access log on",
    isOurs: true,
    tool: "deno",
    command: ({ folder }) => denoCommand("millrace.ts", `${folder}/${ACCESS_LOG}`),
  },
  {
    name: "millrace-node",
    title: "millrace on Node",
    tool: "node",
    command: (bench) => bundleCommand("node", "millrace.ts", bench),
  },
  {
    name: "millrace-bun",
    title: "millrace on Bun",
    tool: "bun",
    command: (bench) => bundleCommand("bun", "millrace.ts", bench),
  },
  { name: "deno", title: "Deno.serve", tool: "deno", command: () => denoCommand("deno_serve.ts") },
  { name: "node", title: "node:http", tool: "node", command: () => ["node", peerFile("node_http.mjs")] },
  { name: "hono", title: "Hono on Deno.serve", tool: "deno", command: () => denoCommand("hono_on_deno.ts") },
  NGINX,
  { name: "bun", title: "Bun.serve", tool: "bun", command: () => ["bun", peerFile("bun_serve.mjs")] },
];

/** The servers that take uploads, send a large response and hold idle connections. */
export const MEMORY_PEERS: readonly Peer[] = [
  {
    name: "millrace",
    title: "millrace",
    isOurs: true,
    tool: "deno",
    command: () => denoCommand("memory_millrace.ts"),
  },
  { name: "deno", title: "Deno.serve", tool: "deno", command: () => denoCommand("memory_deno_serve.ts") },
  {
    name: "node",
    title: "node:http",
    tool: "node",
    command: () => ["node", peerFile("memory_node_http.mjs")],
  },
];

/** The peers that the command line names. */
export function selectPeers(peers: readonly Peer[], only: readonly string[]): readonly Peer[] {
  return only.length === 0 ? peers : peers.filter((peer) => only.includes(peer.name));
}
