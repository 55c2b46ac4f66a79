// The program of one worker of the static server.

import { SYSTEM_CLOCK } from "../../base/clock.ts";
import type { TcpListenOptions } from "../../net/listen_options.ts";
import { listen } from "../../net/listen.ts";
import type { ServeOptions } from "../../serving/serve_options.ts";
import type { WorkerProgram } from "../../program/workers/workers.ts";
import { errorEntryOf } from "../../backend/error_entry.ts";
import { parseTrustedProxies } from "../../net/proxy/trusted_proxies.ts";
import type { ProxyProtocolOptions } from "../../net/proxy/proxy_protocol.ts";
import type { FiguresMessage } from "./worker_figures.ts";
import { type ForwardedLogs, forwardLogs } from "./forwarded_logs.ts";
import { serveStatic } from "./serve_static.ts";
import type { StaticOptions } from "./options.ts";

/** Start data of a worker. */
export interface StaticWorkerInit {
  /** The command that has started it. */
  readonly command: "static";
  /** The shared port. */
  readonly listen: TcpListenOptions;
  /** How the folder is served. */
  readonly options: StaticOptions;
  /** Limits and time-outs. */
  readonly limits: ServeOptions;
  /** Peers that send the PROXY protocol, all if none is named; undefined if no peer does. */
  readonly proxies: readonly string[] | undefined;
  /** Its index, from 0. */
  readonly index: number;
  /** Which logs are on. */
  readonly logs: { readonly access: boolean; readonly error: boolean };
  /** Distinguishes its requests from those of others. */
  readonly tag: string;
}

// Often enough for readers that look every few seconds.
const FIGURES_AFTER_MS = 1_000;

/** Serves in a worker. @param send takes batches of log entries */
export async function startStaticWorker(
  init: StaticWorkerInit,
  send: (data: unknown) => void,
): Promise<WorkerProgram> {
  const logs = forwardLogs(init.logs, send, SYSTEM_CLOCK);
  const listener = await listen({
    ...init.listen,
    reusePort: true,
    proxyProtocol: proxyProtocolOf(init, logs),
  });
  const server = serveStatic(listener, { ...init, logs, clock: SYSTEM_CLOCK });
  const stopSending = SYSTEM_CLOCK.every(
    FIGURES_AFTER_MS,
    () => send({ index: init.index, figures: server.figures } satisfies FiguresMessage),
  );
  return {
    address: listener.address,
    reload: (tls): void => listener.reload(tls),
    shutdown: async (): Promise<void> => {
      stopSending();
      await server.shutdown();
      logs.close();
    },
    onCrash: logs.flush,
  };
}

function proxyProtocolOf(
  { proxies }: StaticWorkerInit,
  { error: errorLog }: ForwardedLogs,
): ProxyProtocolOptions | undefined {
  if (proxies === undefined) return undefined;
  return {
    trusted: proxies.length === 0 ? undefined : parseTrustedProxies(proxies.join(",")),
    onError: (error, peer) => errorLog?.write(errorEntryOf(error, SYSTEM_CLOCK.nowMs(), peer)),
  };
}
