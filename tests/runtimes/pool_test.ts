// Workers on each runtime: threads of Deno and Bun, processes of Node.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { canSharePorts } from "../../src/program/workers/workers.ts";
import { ask } from "../support/ask.ts";
import { within } from "../support/deadline.ts";
import { connectRaw, untilRefused } from "../support/loopback.ts";
import type { Program } from "../support/program.ts";
import { startScript } from "./bundled.ts";
import { type Runtime, RUNTIMES, testOn } from "./runtimes.ts";

const PROGRAM = new URL("./pool_program.ts", import.meta.url);

function test(name: string, runtimes: readonly Runtime[], body: (pool: Program) => Promise<void>): void {
  for (const runtime of runtimes) {
    const isSkipped = !runtime.name.startsWith("Node") && !canSharePorts();
    testOn(runtime, name, async (binary) => {
      const pool = await startScript(PROGRAM, binary);
      try {
        await body(pool);
      } finally {
        const { code, stdout } = await pool.stop();
        assertStringIncludes(stdout, "all have ended\n");
        assertEquals(code, 0);
      }
    }, isSkipped ? "this system deals no connections out among workers" : undefined);
  }
}

/** Index and process of the worker that responds. */
async function askWho(
  port: number,
  index?: number,
): Promise<{ readonly index: number; readonly pid: number }> {
  // The client's port decides which worker responds: with 200 connections every worker gets some.
  for (let attempt = 0; attempt < 200; attempt++) {
    const [found, pid] = (await ask(port, "GET /")).body.split(" ").map(Number);
    if (index === undefined || found === index) return { index: found!, pid: pid! };
  }
  throw new Error(`worker ${index} never responses`);
}

test(
  "WorkerPool spreads connections, takes the last message of a crashed worker and replaces it",
  RUNTIMES,
  async (pool) => {
    await askWho(pool.port, 0);
    await askWho(pool.port, 1);
    const client = await connectRaw(pool.port);
    await client.send("GET /crash HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.readAll().catch(() => {});
    client.close();
    await pool.until("stdout", "crashed: ");
    const index = Number(/worker (\d) crashed: .*crash of \1/.exec(pool.stdout)![1]);
    await pool.until("stdout", `last word of ${index}\n`);
    await pool.until("stdout", startedTwice(index));
    await askWho(pool.port, index);
  },
);

test(
  "WorkerPool loses no connection of a worker that is killed: another one responds, or it is closed",
  RUNTIMES.filter(({ name }) => name.startsWith("Node")),
  async (pool) => {
    const { index, pid } = await askWho(pool.port);
    Deno.kill(pid, "SIGSTOP");
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectRaw(pool.port)));
    const responses = clients.map(async (client) => {
      await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      return await client.readAll().catch(() => "closed");
    });
    // The responses of the other worker have come. The rest, if any, belongs to the killed one.
    await Promise.race(responses);
    Deno.kill(pid, "SIGKILL");
    await within(Promise.all(responses), "the end of every connection");
    for (const client of clients) client.close();
    await pool.until("stdout", startedTwice(index));
  },
);

test("WorkerPool.stop() lets both workers finish what they have begun", RUNTIMES, async (pool) => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => connectRaw(pool.port)));
  for (const client of clients) {
    // The first response shows that the server has read the head after it.
    await client.send(
      "GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1",
    );
    await client.readUntil("\r\n\r\n");
  }
  pool.signal("SIGTERM");
  await untilRefused(pool.port);
  for (const client of clients) {
    await client.send("2");
    assertStringIncludes(await client.readAll(), "Connection: close\r\n");
    client.close();
  }
  await within(pool.ended, "the end of the pool");
  for (const index of [0, 1]) assertStringIncludes(pool.stdout, `stopped ${index}\n`);
});

const NODES = RUNTIMES.filter(({ name }) => name.startsWith("Node"));

test(
  "WorkerPool leaves signals to its first process, and replaces one that is killed",
  NODES,
  async (pool) => {
    const { index, pid } = await askWho(pool.port);
    // Ctrl-C in a terminal reaches all processes.
    Deno.kill(pid, "SIGINT");
    Deno.kill(pid, "SIGTERM");
    assertEquals((await askWho(pool.port, index)).pid, pid);
    Deno.kill(pid, "SIGKILL");
    await pool.until("stdout", `worker ${index} crashed: ended with SIGKILL\n`);
    await pool.until("stdout", startedTwice(index));
    assert((await askWho(pool.port, index)).pid !== pid);
  },
);

for (const runtime of NODES) {
  testOn(runtime, "workers end with the first process, also when that is killed", async (binary) => {
    const pool = await startScript(PROGRAM, binary);
    await askWho(pool.port);
    pool.signal("SIGKILL");
    // The workers hold the other ends of its outputs until they end too.
    await within(pool.ended, "the end of the workers");
    await untilRefused(pool.port);
  });
}

/** The message of a worker when another one has taken its place. */
function startedTwice(index: number): RegExp {
  return new RegExp(`(started ${index}\n[^]*){2}`);
}
