import { assertEquals, assertMatch } from "@std/assert";
import { bundled } from "../runtimes/bundled.ts";
import { type RuntimeName, RUNTIMES, testOn } from "../runtimes/runtimes.ts";
import { within } from "../support/deadline.ts";
import { ROOT, runCommand, startCommand } from "../support/program.ts";
import { findFreePort } from "../support/reserved_ports.ts";
import { hasTool } from "../support/tool.ts";

const TOOL = "systemd-socket-activate";
const MISSING = hasTool(TOOL) ? undefined : `${TOOL} is not installed`;
const CONNECT_INTERVAL_MS = 10;

async function wordsOf(runtime: RuntimeName, binary: string): Promise<readonly string[]> {
  if (runtime !== "Deno") return [binary, await bundled()];
  const permissions = ["--allow-net", "--allow-read", "--allow-env=LISTEN_PID,LISTEN_FDS"];
  return [binary, "run", "--quiet", `--config=${ROOT}deno.json`, ...permissions, `${ROOT}mod.ts`];
}

/** A command that starts the program when the first client of a port has come. */
async function activate(
  { runtime, binary, port }: {
    readonly runtime: RuntimeName;
    readonly binary: string;
    readonly port: number;
  },
  args: readonly string[],
): Promise<Deno.Command> {
  return new Deno.Command(TOOL, {
    args: [`--listen=127.0.0.1:${port}`, ...await wordsOf(runtime, binary), ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Requests again and again until a server listens. */
async function getOnceOpen(url: string): Promise<number> {
  for (;;) {
    try {
      const response = await fetch(url, { headers: { connection: "close" } });
      await response.body?.cancel();
      return response.status;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, CONNECT_INTERVAL_MS));
    }
  }
}

for (const runtime of RUNTIMES) {
  testOn(runtime, "main() serves the socket that systemd has opened", async (binary) => {
    const port = findFreePort();
    const command = await activate({ runtime: runtime.name, binary, port }, [
      "app",
      "--access-log",
      "off",
      "--error-log",
      "off",
    ]);
    const [program, status] = await Promise.all([
      startCommand(command),
      within(getOnceOpen(`http://127.0.0.1:${port}/`), "a response on the passed socket"),
    ]);
    assertEquals(program.readyLine, `millrace app listening on http://127.0.0.1:${port}/`);
    assertEquals(status, 200);
    assertEquals((await program.stop()).code, 0);
  }, MISSING);

  testOn(runtime, "main() takes no port beside a socket that systemd has opened", async (binary) => {
    const port = findFreePort();
    const command = await activate({ runtime: runtime.name, binary, port }, [
      "app",
      "--port",
      "0",
      "--error-log",
      "off",
    ]);
    const stopped = new AbortController();
    const client = knock(port, stopped.signal);
    const { code, stderr } = await runCommand(command);
    stopped.abort();
    await client;
    assertMatch(stderr, /millrace: bad value for the environment variable LISTEN_FDS: --port is given too\n/);
    assertEquals(code, 2);
  }, MISSING);
}

/** Connects until a program has been started for the connection. */
async function knock(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await Deno.connect({ port, hostname: "127.0.0.1" }).then((connection) => connection.close(), () => {});
    await new Promise((resolve) => setTimeout(resolve, CONNECT_INTERVAL_MS));
  }
}
