// The program of one worker of the static server.

import { SYSTEM_CLOCK } from "../../base/clock.ts";
import type { TcpListenOptions } from "../../net/listen_options.ts";
import { listen } from "../../net/listen.ts";
import type { ServeOptions } from "../../serving/serve_options.ts";
import type { WorkerProgram } from "../../program/workers.ts";
import { forwardLogs } from "./forwarded_logs.ts";
import { serveStatic } from "./start.ts";
import type { StaticOptions } from "./options.ts";

/** What a worker is told at its start. */
export interface StaticWorkerInit {
  /** The command that has started it. */
  readonly command: "static";
  /** The port, which it shares. */
  readonly listen: TcpListenOptions;
  /** How the folder is served. */
  readonly options: StaticOptions;
  /** Limits and time-outs. */
  readonly limits: ServeOptions;
  /** Which logs are on. */
  readonly logs: { readonly access: boolean; readonly error: boolean };
  /** Tells its requests from those of others. */
  readonly tag: string;
}

/** Serves in a worker. @param send takes batches of log entries */
export async function startStaticWorker(
  init: StaticWorkerInit,
  send: (data: unknown) => void,
): Promise<WorkerProgram> {
  const listener = await listen({ ...init.listen, reusePort: true });
  const logs = forwardLogs(init.logs, send, SYSTEM_CLOCK);
  const server = serveStatic(listener, { ...init, logs, clock: SYSTEM_CLOCK });
  return {
    address: listener.address,
    shutdown: async (): Promise<void> => {
      await server.shutdown();
      logs.close();
    },
    onCrash: logs.flush,
  };
}
