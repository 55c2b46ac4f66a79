import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../../support/reserved_ports.ts";

/** A running nginx. */
export interface Nginx {
  readonly port: number;
  close(): Promise<void>;
}

const START_ATTEMPTS = 5;
const CONNECT_DEADLINE_MS = 60_000;
const CONNECT_INTERVAL_MS = 10;

/** Whether nginx is installed. */
export function hasNginx(): boolean {
  try {
    return new Deno.Command("nginx", { args: ["-v"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Starts nginx for a folder of files, with the modules that every distribution has. */
export async function startNginx(root: string): Promise<Nginx> {
  for (let attempt = 1;; attempt++) {
    try {
      return await launch(root, findFreePort());
    } catch (error) {
      // Another program may have taken the port meanwhile.
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}

async function launch(root: string, port: number): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "millrace_nginx_"));
  await writeFile(join(folder, "nginx.conf"), writeConfiguration({ folder, root, port }));
  const errorLog = join(folder, "error.log");
  const child = new Deno.Command("nginx", {
    args: ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", errorLog],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const close = async (): Promise<void> => {
    try {
      child.kill("SIGQUIT");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await child.status;
    await rm(folder, { recursive: true });
  };
  const hasEnded = child.status.then(() => true);
  const deadlineMs = performance.now() + CONNECT_DEADLINE_MS;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return { port, close };
    } catch (error) {
      const pause = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), CONNECT_INTERVAL_MS));
      if (await Promise.race([hasEnded, pause]) || performance.now() > deadlineMs) {
        await pause;
        await close();
        throw error;
      }
    }
  }
}

function writeConfiguration(
  { folder, root, port }: { readonly folder: string; readonly root: string; readonly port: number },
): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ");
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
user root;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary}
  types { text/html html; text/css css; text/plain txt; }
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:${port};
    root "${root}";
    absolute_redirect off;
    if_modified_since before;
  }
}
`;
}
