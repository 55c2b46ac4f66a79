import { tcpAddress, urlOf } from "../../net/address.ts";
import { messageOfError } from "../../base/error_text.ts";
import { portError, type RunningCommand, type StartContext } from "../../program/command.ts";
import { checkCertificate, readCertificate } from "../../program/certificate.ts";
import { serveOptionsOf } from "../../program/flags/common_flags.ts";
import { figuresOfServer } from "../../program/admin/server_figures.ts";
import type { FlagValues } from "../../program/flags/flag.ts";
import { ConnectionError } from "../../net/connection.ts";
import type { ServeOptions } from "../../serving/serve_options.ts";
import { WorkerPool } from "../../program/workers/worker_pool.ts";
import { canSharePorts } from "../../program/workers/workers.ts";
import type { STATIC_FLAGS } from "./flags.ts";
import { type LogBatch, writeBatch } from "./forwarded_logs.ts";
import { type FiguresMessage, WorkerFigures } from "./worker_figures.ts";
import { serveStatic } from "./serve_static.ts";
import { readStaticOptions } from "./read_options.ts";
import type { StaticOptions } from "./options.ts";
import { openBrowser, startPageLines, terminalLines } from "./terminal.ts";
import type { StaticWorkerInit } from "./worker.ts";

type Context = StartContext<FlagValues<typeof STATIC_FLAGS>>;

/** Opens the port and serves the folder, by workers if several are wanted. @throws {UsageError | StartError} */
export async function startStatic(context: Context): Promise<RunningCommand> {
  const options = await readStaticOptions(context.values);
  return await welcome(context, options, await startServer(context, options));
}

async function startServer(context: Context, options: StaticOptions): Promise<RunningCommand> {
  const { workers } = context.values;
  if (workers === 1) return await startAlone(context, options);
  if (canSharePorts()) return await startWorkers(context, options);
  const running = await startAlone(context, options);
  const notice = "static: one worker runs: several need Linux, and on Deno the flag --unstable-net";
  return { ...running, announcements: [...running.announcements, notice] };
}

/** Prints more for people at a terminal than for programs, and opens the browser if the flags ask for it. */
async function welcome(
  { values, isTerminal, logs, clock }: Context,
  options: StaticOptions,
  running: RunningCommand,
): Promise<RunningCommand> {
  const [ready = ""] = running.announcements;
  const address = / listening on (https?:\/\/\S+\/)$/.exec(ready)?.[1];
  if (address === undefined) return running;
  const url = new URL(options.base, address).href;
  const lines = isTerminal
    ? [...await terminalLines(options.root, values.host, url), ...await startPageLines(options)]
    : [];
  const onFailed = (reason: string): void =>
    logs.error?.write({ level: "warn", timeMs: clock.nowMs(), message: `static: ${reason}` });
  const obstacle = values.open ? await openBrowser(url, onFailed) : undefined;
  const remarks = obstacle === undefined ? [] : [`static: ${obstacle}`];
  return { ...running, announcements: [...running.announcements, ...lines, ...remarks] };
}

async function startAlone(context: Context, options: StaticOptions): Promise<RunningCommand> {
  const { values, logs, clock, memory, admin, openListener } = context;
  const listener = await openListener();
  const limits = { ...serveOptionsOf(values), memory };
  const server = serveStatic(listener, { options, limits, logs, clock, tag: "" });
  admin.figures.add(() => figuresOfServer(server.figures));
  return {
    finished: server.finished,
    shutdown: () => server.shutdown(),
    connectionCount: () => server.connectionCount,
    announcements: [`static listening on ${urlOf(listener)}`],
  };
}

async function startWorkers(context: Context, options: StaticOptions): Promise<RunningCommand> {
  const { values, logs, clock, admin, openPort } = context;
  // A shared port opens even if another server already shares it, and its responses would mix with ours.
  if (values.port !== 0) (await openPort(values.port)).close();
  let { tls } = await readCertificate(values);
  const limits = workerLimits(values);
  const wanted = tcpAddress(values.host, values.port);
  const createInit = (index: number, port: number): StaticWorkerInit => ({
    command: "static",
    listen: { hostname: values.host, port, ...(tls === undefined ? {} : { tls }) },
    options,
    limits,
    proxies: values["proxy-protocol"] ? values["trusted-proxy"] : undefined,
    index,
    logs: { access: logs.access !== undefined, error: logs.error !== undefined },
    tag: `w${index + 1}`,
  });
  const workers = new WorkerFigures();
  admin.figures.add(() => figuresOfServer(workers.sum));
  try {
    const pool = await WorkerPool.start({
      module: context.program,
      count: values.workers,
      createInit,
      address: wanted,
      onMessage: (data) => {
        const message = data as LogBatch | FiguresMessage;
        if ("figures" in message) workers.take(message);
        else writeBatch(logs, message);
      },
      onCrash: (error, index) => {
        workers.keep(index);
        logs.error?.write({
          level: "error",
          timeMs: clock.nowMs(),
          message: `worker ${index + 1} crashed and is replaced: ${messageOfError(error)}`,
        });
      },
      clock,
      stopTimeoutMs: values["grace-ms"] + STOP_MARGIN_MS,
    });
    return {
      announcements: [
        `static listening on ${urlOf({ address: pool.address, isEncrypted: tls !== undefined })}`,
      ],
      connectionCount: () => workers.sum.openConnections,
      reload: async (renewed): Promise<void> => {
        await checkCertificate(renewed);
        tls = renewed;
        await pool.reload(renewed);
      },
      shutdown: () => pool.stop(),
      finished: pool.finished,
    };
  } catch (error) {
    if (error instanceof ConnectionError) throw portError(error, wanted);
    throw error;
  }
}

// For the work after the grace time: cutting connections, sending the last log entries.
const STOP_MARGIN_MS = 2_000;

/**
 * The limits of one worker. Those of connections are for the whole server, and the kernel spreads connections
 * evenly.
 */
function workerLimits(values: Context["values"]): ServeOptions {
  const share = (limit: number): number => Math.ceil(limit / values.workers);
  const perAddress = values["max-connections-per-address"];
  return {
    ...serveOptionsOf(values),
    maxConnections: share(values["max-connections"]),
    maxBufferedBytes: share(values["max-buffered-bytes"]),
    ...(perAddress === undefined ? {} : { maxConnectionsPerAddress: share(perAddress) }),
  };
}
