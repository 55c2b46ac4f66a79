import type { Bench } from "../section.ts";
import { findFreePort, type Peer, peerFile } from "./peer.ts";

/** The folder of a run that all file servers serve. */
export function filesFolder({ folder }: Bench): string {
  return `${folder}/files`;
}

const PROGRAM = decodeURIComponent(new URL("../../../mod.ts", import.meta.url).pathname);
const SIRV = "sirv@3.0.2";

function millrace(bench: Bench, ...flags: readonly string[]): readonly string[] {
  const permissions = ["--allow-net", "--allow-read"];
  const off = ["--access-log", "off", "--error-log", "off"];
  const served = ["-r", filesFolder(bench), "--port", "0"];
  return [Deno.execPath(), "run", "--quiet", ...permissions, PROGRAM, "static", ...served, ...off, ...flags];
}

/** The file servers, ours first. */
export const STATIC_PEERS: readonly Peer[] = [
  {
    name: "millrace",
    title: "millrace static",
    isOurs: true,
    tool: "deno",
    command: (bench) => millrace(bench),
  },
  {
    name: "millrace-w2",
    title: "millrace static -w 2, two cores",
    isOurs: true,
    tool: "deno",
    // Two workers on one core would show nothing: only here the generator shares its core.
    command: (bench) => [
      ...(bench.machine.isPinned ? ["taskset", "-c", "0,1"] : []),
      ...millrace(bench, "-w", "2"),
    ],
  },
  {
    name: "nginx",
    title: "nginx, sendfile, one worker",
    tool: "nginx",
    command: ({ folder }) => {
      return ["nginx", "-p", folder, "-c", `${folder}/nginx_files.conf`, "-e", `${folder}/nginx_files.log`];
    },
    choosePort: async (bench): Promise<number> => {
      const port = findFreePort();
      await Deno.writeTextFile(`${bench.folder}/nginx_files.conf`, writeConfiguration(bench, port));
      return port;
    },
  },
  {
    name: "sirv",
    title: "sirv on node:http",
    tool: "node",
    command: (bench) => [
      "sh",
      "-c",
      // An ordinary installation in the folder of the run, because sirv is no dependency of ours.
      'npm install --silent --no-audit --no-fund --prefix "$1" "$2" >&2 && exec node "$3" "$1" "$4"',
      "sh",
      `${bench.folder}/sirv`,
      SIRV,
      peerFile("static_sirv.mjs"),
      filesFolder(bench),
    ],
  },
  {
    name: "bun",
    title: "Bun.file on Bun.serve",
    tool: "bun",
    command: (bench) => ["bun", peerFile("static_bun.mjs"), filesFolder(bench)],
  },
];

function writeConfiguration(bench: Bench, port: number): string {
  const { folder } = bench;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
    `  ${kind}_temp_path ${folder}/files_${kind};`
  );
  // Unless told otherwise, nginx runs its workers as nobody, and nobody may not read a temporary folder of root's.
  const user = Deno.uid() === 0 ? "user root;\n" : "";
  return `daemon off;
${user}worker_processes 1;
pid ${folder}/nginx_files.pid;
error_log ${folder}/nginx_files.log;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  types { text/html html; }
${temporary.join("\n")}
  server {
    listen 127.0.0.1:${port};
    root "${filesFolder(bench)}";
  }
}
`;
}
