// The worker of workers_test.ts: it names itself, and crashes when told to.

import { textResponse } from "../../src/http/response/response.ts";
import { listen } from "../../src/net/listen.ts";
import { serve } from "../../src/serving/serve.ts";
import { runInWorker, type WorkerProgram } from "../../src/program/workers/workers.ts";

/** The instructions of the worker at its start. */
export interface TestInit {
  readonly index: number;
  readonly port: number;
  /** Throw instead of starting. */
  readonly fails: boolean;
}

async function start(
  { index, port, fails }: TestInit,
  send: (data: unknown) => void,
): Promise<WorkerProgram> {
  if (fails) throw new Error(`worker ${index} does not like it here`);
  const listener = await listen({ hostname: "127.0.0.1", port, reusePort: true });
  const server = serve(listener, ({ path }) => {
    if (path === "/crash") queueMicrotask(() => crash(index));
    return textResponse(200, `worker ${index}`);
  });
  send(`started ${index}`);
  return {
    address: listener.address,
    shutdown: async (): Promise<void> => {
      await server.shutdown();
      send(`stopped ${index}`);
    },
    onCrash: (): void => send(`last word of ${index}`),
  };
}

function crash(index: number): never {
  throw new Error(`crash of ${index}`);
}

runInWorker(start);
