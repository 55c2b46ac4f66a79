import { bundle } from "../../../build/bundle.ts";
import { makeCertificate } from "../certificate.ts";
import type { Bench } from "../section.ts";
import { findFreePort, type Peer, peerFile } from "./peer.ts";

const PROGRAM = decodeURIComponent(new URL("../../../mod.ts", import.meta.url).pathname);
const PACKAGES = ["http-server@14.1.1", "sirv@3.0.2"];

/** Their names. */
export const SITE_PEER_NAMES: readonly string[] = [
  "millrace",
  "nginx",
  "http-server",
  "sirv",
  "millrace-node",
  "node",
  "millrace-bun",
  "bun",
];

/** Makes the servers of a workload. */
export type SitePeers = (bench: Bench) => Promise<readonly Peer[]>;

/** The differences between workloads. */
export interface SiteSettings {
  /** The folder to serve. */
  readonly folder: string;
  /** Flags of ours. */
  readonly ours?: readonly string[];
  /** Directives of nginx's server. */
  readonly nginx?: string;
  /** Flags of http-server. */
  readonly httpServer?: readonly string[];
  /** Whether all speak TLS. */
  readonly isEncrypted?: boolean;
  /** Names of servers that cannot do it. */
  readonly without?: readonly string[];
}

/** The servers of files, ours first: millrace, nginx, http-server and sirv; over TLS those of the runtimes as well. */
export function sitePeers(settings: SiteSettings): SitePeers {
  return async (bench) => {
    const tls = settings.isEncrypted ? await makeCertificate(bench.folder) : undefined;
    const peers = [
      ours(settings, tls),
      nginx(settings, tls),
      packaged("http-server", peerHttpServer(settings, tls)),
      packaged("sirv", (packages) => {
        const files = tls === undefined ? [] : [tls.cert, tls.key];
        return ["node", peerFile("static_sirv.mjs"), packages, settings.folder, ...files];
      }),
      ...(tls === undefined ? [] : runtimePeers(settings, tls)),
    ];
    return peers.filter(({ name }) => !settings.without?.includes(name));
  };
}

interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

function flagsOf({ folder, ours = [] }: SiteSettings, tls: CertificateFiles | undefined): readonly string[] {
  const off = ["--access-log", "off", "--error-log", "off"];
  const encrypted = tls === undefined ? [] : ["--tls-cert", tls.cert, "--tls-key", tls.key];
  return ["static", "-r", folder, "--port", "0", ...off, ...encrypted, ...ours];
}

function ours(settings: SiteSettings, tls: CertificateFiles | undefined): Peer {
  return {
    name: "millrace",
    title: "millrace static",
    isOurs: true,
    tool: "deno",
    command: () => {
      const permissions = ["--allow-net", "--allow-read"];
      return [Deno.execPath(), "run", "--quiet", ...permissions, PROGRAM, ...flagsOf(settings, tls)];
    },
  };
}

/** Ours on other runtimes, and the servers of those runtimes, which send from memory. */
function runtimePeers(settings: SiteSettings, tls: CertificateFiles): readonly Peer[] {
  return ["node", "bun"].flatMap((tool): Peer[] => [
    {
      name: `millrace-${tool}`,
      title: `millrace static on ${tool}`,
      tool,
      command: async (
        { folder },
      ) => [tool, await bundleProgram(`${folder}/${tool}`), ...flagsOf(settings, tls)],
    },
    {
      name: tool,
      title: `${tool}'s own HTTPS server, from memory`,
      tool,
      command: () => [tool, peerFile(`static_https_${tool}.mjs`), settings.folder, tls.cert, tls.key],
    },
  ]);
}

/** Our program for other runtimes, under the name that makes it run as a program. */
async function bundleProgram(folder: string): Promise<string> {
  const program = `${folder}/millrace.js`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }');
  await bundle(new URL("../../../mod.ts", import.meta.url), program);
  return program;
}

function peerHttpServer(
  { folder, httpServer = [] }: SiteSettings,
  tls: CertificateFiles | undefined,
): (packages: string) => readonly string[] {
  const encrypted = tls === undefined ? [] : ["-S", "-C", tls.cert, "-K", tls.key];
  return (packages) => {
    const program = `${packages}/node_modules/.bin/http-server`;
    return [
      "node",
      program,
      folder,
      "-a",
      "127.0.0.1",
      "-s",
      "-c-1",
      "-p",
      "$PORT",
      ...encrypted,
      ...httpServer,
    ];
  };
}

/** A server of the npm registry, installed into the folder of the run. `$PORT` stands for the port that is chosen. */
function packaged(
  name: string,
  start: (packages: string) => readonly string[],
): Peer {
  let port = 0;
  const needsPort = name === "http-server";
  return {
    name,
    title: name === "sirv" ? "sirv on Node" : name,
    tool: "node",
    ...(needsPort ? { choosePort: () => Promise.resolve(port = findFreePort()) } : {}),
    command: async (bench) => {
      const packages = `${bench.folder}/packages`;
      const flags = ["--silent", "--no-audit", "--no-fund", "--prefix", packages];
      await bench.processes.run(["npm", "install", ...flags, ...PACKAGES]);
      return start(packages).map((word) => word === "$PORT" ? String(port) : word);
    },
  };
}

function nginx(settings: SiteSettings, tls: CertificateFiles | undefined): Peer {
  return {
    name: "nginx",
    title: "nginx, one worker",
    tool: "nginx",
    command: ({ folder }) => {
      return ["nginx", "-p", folder, "-c", `${folder}/nginx_site.conf`, "-e", `${folder}/nginx_site.log`];
    },
    choosePort: async (bench): Promise<number> => {
      const port = findFreePort();
      await Deno.writeTextFile(`${bench.folder}/nginx_site.conf`, configure(bench, { settings, tls, port }));
      return port;
    },
  };
}

function configure(
  { folder }: Bench,
  { settings, tls, port }: {
    readonly settings: SiteSettings;
    readonly tls: CertificateFiles | undefined;
    readonly port: number;
  },
): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
    `  ${kind}_temp_path ${folder}/site_${kind};`
  );
  // Unless told otherwise, nginx runs its workers as nobody, and nobody may not read a temporary folder of root's.
  const user = Deno.uid() === 0 ? "user root;\n" : "";
  const certificate = tls === undefined ? "" : `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`;
  return `daemon off;
${user}worker_processes 1;
pid ${folder}/nginx_site.pid;
error_log ${folder}/nginx_site.log;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  types { text/html html; text/css css; text/plain txt; }
${temporary.join("\n")}
  server {
    listen 127.0.0.1:${port}${tls === undefined ? "" : " ssl"};
    ${certificate}
    root "${settings.folder}";
    ${settings.nginx ?? ""}
  }
}
`;
}
