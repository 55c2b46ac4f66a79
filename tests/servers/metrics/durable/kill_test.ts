import { assert, assertEquals } from "@std/assert";
import { MetricsClient } from "../../../../src/servers/metrics/client/metrics_client.ts";
import { within } from "../../../support/deadline.ts";
import { withDirectory } from "../../../support/program.ts";
import { Random } from "../../../support/random.ts";
import { writeAll } from "../client/client_peers.ts";

const KILLS = 100;
const REPLY_BYTES = 4;
const MAX_PUTS = 4_000;

interface ServerProcess {
  readonly port: number;
  kill(): Promise<void>;
}

async function startServer(dataFile: string): Promise<ServerProcess> {
  const program = new URL("../server_process.ts", import.meta.url).href;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--no-check", "--quiet", "--allow-all", program, dataFile, "3000"],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  const { value } = await within(reader.read(), "the port of the server");
  return {
    port: Number(new TextDecoder().decode(value)),
    kill: async () => {
      process.kill("SIGKILL");
      await process.status;
      await reader.cancel();
    },
  };
}

// Puts samples 0, 1, 2 ... into a series until a number of them is acknowledged, kills the server in the middle of the
// traffic, and returns the number of acknowledged samples in the end.
async function loadAndKill(server: ServerProcess, key: string, killAfter: number): Promise<number> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const encoder = new TextEncoder();
  const sending = (async () => {
    for (let first = 0; first < MAX_PUTS; first += 50) {
      const lines = Array.from(
        { length: 50 },
        (_, index) => `put ${key} ${first + index} ${first + index}\n`,
      );
      await writeAll(conn, encoder.encode(lines.join("")));
    }
  })().catch(() => {});
  const buffer = new Uint8Array(4_096);
  let bytes = 0;
  while (bytes < killAfter * REPLY_BYTES) {
    const count = await within(conn.read(buffer), "replies");
    if (count === null) throw new Error(`the server closed after ${bytes} bytes of replies`);
    bytes += count;
  }
  const killed = server.kill();
  // Replies that the kernel holds still come, then the end or a reset.
  for (let count = await conn.read(buffer).catch(() => null); count !== null;) {
    bytes += count;
    count = await conn.read(buffer).catch(() => null);
  }
  await killed;
  await sending;
  conn.close();
  return Math.floor(bytes / REPLY_BYTES);
}

async function checkSeries(client: MetricsClient, key: string, acknowledged: number): Promise<void> {
  const samples = (await client.get(key)).get(key) ?? [];
  assert(samples.length >= acknowledged, `${key}: ${samples.length} samples, ${acknowledged} acknowledged`);
  for (const [index, sample] of samples.entries()) assertEquals(sample, [index, index]);
}

Deno.test(`runServer() with a file loses no acknowledged put in ${KILLS} kills under load`, () =>
  withDirectory(async (directory) => {
    const dataFile = `${directory}/metrics.db`;
    const random = new Random(5);
    const acknowledged: number[] = [];
    for (let round = 0; round <= KILLS; round++) {
      const server = await startServer(dataFile);
      const client = new MetricsClient("127.0.0.1", server.port, { timeoutMs: 20_000 });
      const firstChecked = round === KILLS ? 0 : Math.max(0, round - 1);
      for (let checked = firstChecked; checked < round; checked++) {
        await checkSeries(client, `round${checked}`, acknowledged[checked]!);
      }
      client.close();
      if (round === KILLS) await server.kill();
      else acknowledged.push(await loadAndKill(server, `round${round}`, random.below(MAX_PUTS - 500)));
    }
    assertEquals(acknowledged.length, KILLS);
    assert(acknowledged.every((count) => count <= MAX_PUTS));
  }));
