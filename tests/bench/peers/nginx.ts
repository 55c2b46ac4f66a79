import { findFreePort, type Peer } from "./peer.ts";

/** nginx with one worker and its own folder for everything that it writes. */
export const NGINX: Peer = {
  name: "nginx",
  title: "nginx `return 200`",
  tool: "nginx",
  command: (
    { folder },
  ) => ["nginx", "-p", folder, "-c", `${folder}/nginx.conf`, "-e", `${folder}/nginx_error.log`],
  choosePort: async ({ folder }): Promise<number> => {
    const port = findFreePort();
    await Deno.writeTextFile(`${folder}/nginx.conf`, writeConfiguration(folder, port));
    return port;
  },
};

function writeConfiguration(folder: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
    `  ${kind}_temp_path ${folder}/nginx_${kind};`
  );
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx_error.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  default_type text/plain;
${temporary.join("\n")}
  server {
    listen 127.0.0.1:${port};
    location / { return 200 "hello world"; }
  }
}
`;
}
