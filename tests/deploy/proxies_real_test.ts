import { assertEquals, assertStringIncludes } from "@std/assert";
import { readLogUntil } from "../support/log_lines.ts";
import { exchange } from "../support/loopback.ts";
import { startProgram, withDirectory } from "../support/program.ts";
import { findFreePort } from "../support/reserved_ports.ts";
import { type Daemon, hasTool, startDaemon } from "../support/tool.ts";

/** The client's address is a part of 127.0.0.0/8: haproxy and nginx see which one connects. */
async function askFrom(hostname: string, port: number, request: string): Promise<string> {
  // socat binds its end; Deno.connect cannot. It stays this long after the end of the response.
  const child = new Deno.Command("socat", {
    args: ["-t0.1", "-", `TCP4:127.0.0.1:${port},bind=${hostname}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(request));
  // nginx takes the FIN of a client to mean that the client is gone.
  const text = await new Response(child.stdout).text();
  await writer.close().catch(() => {});
  await child.status;
  return text;
}

const HOME = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const SHORT = "POST /short_log/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/** One client switches its log to short; the other one's stays full. */
async function checkClients(port: number, accessLog: string): Promise<void> {
  assertStringIncludes(await askFrom("127.0.0.2", port, SHORT), " 200 ");
  assertStringIncludes(await askFrom("127.0.0.2", port, HOME), " 200 ");
  assertStringIncludes(await askFrom("127.0.0.3", port, HOME), " 200 ");
  const log = await readLogUntil(accessLog, /127\.0\.0\.3:\d+ 200 GET/);
  const [switched, short, full] = log.split("\n").filter((line) => /^\d{4}-/.test(line));
  assertEquals([switched, short, full].map((line) => / (127\.0\.0\.\d):/.exec(line!)?.[1]), [
    "127.0.0.2",
    "127.0.0.2",
    "127.0.0.3",
  ]);
  assertStringIncludes(log.slice(log.indexOf(full!)), "\n| GET / ");
  assertEquals(log.slice(log.indexOf(short!), log.indexOf(full!)).includes("\n| "), false);
}

const MISSING_NGINX = !hasTool("nginx") || !hasTool("socat");

Deno.test({
  name: "two clients of one nginx, over a unix socket, have switches of their own (needs nginx and socat)",
  ignore: MISSING_NGINX,
  fn: () =>
    withDirectory(async (directory) => {
      const socket = `${directory}/millrace.sock`;
      const access = `${directory}/access.log`;
      const program = await startProgram(
        ["--socket", socket, "--trusted-proxy", "unix", "--access-log", access, "--error-log", "off"],
        { writable: [directory], hasOwnAddress: true },
      );
      const port = findFreePort();
      const site = (await Deno.readTextFile(new URL("../../deploy/nginx.conf", import.meta.url)))
        .replaceAll("/run/millrace/millrace.sock", socket).replace("listen 80", `listen 127.0.0.1:${port}`);
      const configuration =
        `user root; daemon off; pid ${directory}/nginx.pid; error_log ${directory}/nginx.log;
        events {} http { access_log off; client_body_temp_path ${directory}; proxy_temp_path ${directory};
        fastcgi_temp_path ${directory}; uwsgi_temp_path ${directory}; scgi_temp_path ${directory}; ${site} }`;
      await Deno.writeTextFile(`${directory}/nginx.conf`, configuration);
      const nginx = await startDaemon("nginx", ["-p", directory, "-c", `${directory}/nginx.conf`], port);
      await checkClients(port, access);
      await nginx.stop();
      assertEquals((await program.stop()).code, 0);
    }),
});

const MISSING_HAPROXY = !hasTool("haproxy") || !hasTool("socat");

Deno.test({
  name:
    "two clients of one haproxy have switches of their own, by fields and by the PROXY protocol (needs haproxy and socat)",
  ignore: MISSING_HAPROXY,
  fn: () =>
    withDirectory(async (directory) => {
      for (const way of ["fields", "send-proxy", "send-proxy-v2"]) {
        const access = `${directory}/${way}.log`;
        const flags = way === "fields" ? [] : ["--proxy-protocol"];
        const program = await startProgram(
          [...flags, "--trusted-proxy", "127.0.0.1", "--access-log", access, "--error-log", "off"],
          { writable: [directory] },
        );
        const port = findFreePort();
        const haproxy = await startHaproxy(directory, { port, backend: program.port, way });
        await checkClients(port, access);
        await haproxy.stop();
        assertEquals((await program.stop()).code, 0);
      }
    }),
});

async function startHaproxy(
  directory: string,
  { port, backend, way }: { readonly port: number; readonly backend: number; readonly way: string },
): Promise<Daemon> {
  const isHttp = way === "fields";
  const configuration = `defaults
    timeout connect 60s
    timeout client 60s
    timeout server 60s
    mode ${isHttp ? "http" : "tcp"}
frontend web
    bind 127.0.0.1:${port}
    ${isHttp ? "http-request set-header X-Forwarded-For %[src]" : ""}
    default_backend millrace
backend millrace
    server one 127.0.0.1:${backend} ${isHttp ? "" : way}
`;
  await Deno.writeTextFile(`${directory}/haproxy.cfg`, configuration);
  return await startDaemon("haproxy", ["-db", "-f", `${directory}/haproxy.cfg`], port);
}

Deno.test("a connection without its preface is closed and logged, and the program goes on", async () => {
  const program = await startProgram(["--proxy-protocol", "--access-log", "off", "--error-log", "-"]);
  assertEquals(await exchange(program.port, HOME), "");
  await program.until("stderr", "Cannot read the preface of a proxy");
  const withPreface = `PROXY TCP4 203.0.113.7 127.0.0.1 5000 80\r\n${HOME}`;
  assertStringIncludes(await exchange(program.port, withPreface), "HTTP/1.1 200 OK");
  assertEquals((await program.stop()).code, 0);
});
