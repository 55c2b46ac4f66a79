// A pool of two workers as a program: it reports their events on stdout. SIGTERM stops it.

import { tcpAddress } from "../../src/net/address.ts";
import process from "node:process";
import { SYSTEM_CLOCK } from "../../src/base/clock.ts";
import { textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { WorkerPool } from "../../src/program/workers/worker_pool.ts";
import { runInWorker, type StartWorkerProgram } from "../../src/program/workers/workers.ts";

interface Init {
  readonly index: number;
  readonly port: number;
}

const start: StartWorkerProgram<Init> = async ({ index, port }, send) => {
  const listener = await listen({ hostname: "127.0.0.1", port, reusePort: true });
  const server = serve(listener, async ({ path, body }) => {
    if (path === "/crash") queueMicrotask(() => crash(index));
    while (await body.read() !== null);
    return textResponse(200, `${index} ${process.pid}`);
  });
  send(`started ${index}`);
  return {
    address: listener.address,
    shutdown: async (): Promise<void> => {
      await server.shutdown();
      send(`stopped ${index}`);
    },
    onCrash: () => send(`last word of ${index}`),
  };
};

function crash(index: number): never {
  throw new Error(`crash of ${index}`);
}

async function startPool(): Promise<void> {
  const pool = await WorkerPool.start<Init>({
    module: new URL(import.meta.url),
    count: 2,
    createInit: (index, port) => ({ index, port }),
    address: tcpAddress("127.0.0.1", 0),
    onMessage: (data) => console.log(data),
    onCrash: (error, index) => console.log(`worker ${index} crashed: ${error.message.replaceAll("\n", " ")}`),
    clock: SYSTEM_CLOCK,
    stopTimeoutMs: 10_000,
  });
  process.on("SIGTERM", () => pool.stop());
  console.log(`millrace pool listening on http://127.0.0.1:${pool.address.port}/`);
  await pool.finished;
  console.log("all have ended");
  process.exit();
}

if (!runInWorker(start)) await startPool();
