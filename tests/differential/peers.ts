import { findFreePort } from "../bench/peers/peer.ts";
import { ProcessGroup } from "../bench/processes.ts";
import { within } from "../support/deadline.ts";

/** A server that gets the corpus. */
export type PeerName = "millrace" | "node:http" | "Deno.serve" | "nginx" | "Bun.serve";

/** How a server is started. All read the content of a request, and then respond with its method and path. */
interface Peer {
  readonly name: PeerName;
  /** Tells the version of the program. */
  readonly version: readonly string[];
  /** The version that the explanations were written for. */
  readonly knownVersion: RegExp;
  /** The command that starts it. It prints its URL in the first line. */
  readonly command?: readonly string[];
}

/** A running server. */
export interface RunningPeer {
  readonly name: PeerName;
  readonly version: string;
  /** Whether the explanations were written for this version. */
  readonly isKnown: boolean;
  readonly port: number;
}

const fileOf = (name: string): string => new URL(`peers/${name}`, import.meta.url).pathname;
const deno = (
  name: string,
): readonly string[] => [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-net", fileOf(name)];

const PEERS: readonly Peer[] = [
  {
    name: "millrace",
    version: [Deno.execPath(), "--version"],
    knownVersion: /./,
    command: deno("millrace.ts"),
  },
  {
    name: "node:http",
    version: ["node", "--version"],
    knownVersion: /^20\./,
    command: ["node", fileOf("node_http.mjs")],
  },
  {
    name: "Deno.serve",
    version: [Deno.execPath(), "--version"],
    knownVersion: /^2\.9\./,
    command: deno("deno_serve.ts"),
  },
  { name: "nginx", version: ["nginx", "-v"], knownVersion: /^1\.22\./ },
  {
    name: "Bun.serve",
    version: ["bun", "--version"],
    knownVersion: /^1\.4\./,
    command: ["bun", fileOf("bun_serve.mjs")],
  },
];

/** Starts millrace and the installed peers, and runs something with them. */
export async function withPeers(use: (peers: readonly RunningPeer[]) => Promise<void>): Promise<void> {
  const processes = new ProcessGroup();
  const folder = await Deno.makeTempDir({ prefix: "millrace-differential-" });
  try {
    const running: RunningPeer[] = [];
    for (const peer of PEERS) {
      const version = await readVersion(processes, peer.version);
      if (version === undefined) continue;
      const port = await start(processes, peer, folder);
      running.push({ name: peer.name, version, isKnown: peer.knownVersion.test(version), port });
    }
    await use(running);
  } finally {
    await processes.stopAll();
    await Deno.remove(folder, { recursive: true });
  }
}

async function readVersion(
  processes: ProcessGroup,
  command: readonly string[],
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await processes.run(command);
    return /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function start(processes: ProcessGroup, { name, command }: Peer, folder: string): Promise<number> {
  if (command !== undefined) {
    const line = await processes.start(command).nextLine();
    return Number(/:(\d+)\/$/.exec(line)?.[1]);
  }
  if (name !== "nginx") throw new Error(`Cannot start ${name}: no command`);
  const port = findFreePort();
  await Deno.writeTextFile(`${folder}/nginx.conf`, configureNginx(folder, port));
  processes.start(["nginx", "-p", folder, "-c", `${folder}/nginx.conf`, "-e", `${folder}/error.log`]);
  await within(untilItListens(port), "nginx to listen");
  return port;
}

/** The first server reads the content, as for a request that it forwards; the one that it forwards to responds. */
function configureNginx(folder: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ");
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid; user root;
events { worker_connections 1024; }
http {
  access_log off; default_type text/plain; ${temporary}
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://unix:${folder}/backend;
      proxy_method GET;
      proxy_set_header X-Asked "$request_method $uri";
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }
  }
  server {
    listen unix:${folder}/backend;
    location / { return 200 "$http_x_asked"; }
  }
}
`;
}

async function untilItListens(port: number): Promise<void> {
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
