// Lets several threads or processes accept on one port, with the means of each runtime. Deno and Bun have
// threads, each with a socket of its own that shares the port (SO_REUSEPORT); Node has processes, which share
// the socket (node:cluster).

import cluster from "node:cluster";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ownMessageOf } from "../../base/error_text.ts";
import type { TcpAddress } from "../../net/address.ts";
import { ConnectionError, type ConnectionErrorCode } from "../../net/connection.ts";
import type { TlsOptions } from "../../net/tls/tls_options.ts";

/** A message from a worker to the pool. */
export type WorkerReport =
  | { readonly kind: "ready" }
  | { readonly kind: "listening"; readonly address: TcpAddress }
  | { readonly kind: "failed"; readonly message: string; readonly code: ConnectionErrorCode | undefined }
  | { readonly kind: "message"; readonly data: unknown }
  | { readonly kind: "reloaded" }
  | { readonly kind: "stopped" };

/** A message from the pool to a worker that is ready. */
export type WorkerOrder =
  | { readonly kind: "start"; readonly init: unknown }
  | { readonly kind: "reload"; readonly tls: TlsOptions }
  | { readonly kind: "stop" };

/** A worker as the pool sees it. */
export interface RunningWorker {
  /** Gives an order. */
  send(order: WorkerOrder): void;
  /** Cuts it off. May be called twice. */
  terminate(): void;
}

/** Listeners for the events of a worker. */
export interface WorkerEvents {
  /** It has sent a message. */
  readonly onReport: (report: WorkerReport) => void;
  /** It has crashed, or ended by itself. */
  readonly onError: (error: Error) => void;
}

/**
 * Whether connections can be spread over workers. SO_REUSEPORT does so only on Linux, and Deno ends a program
 * that asks for it without `--unstable-net`; only the names that this flag adds show that it is set.
 */
export function canSharePorts(): boolean {
  if (isNode()) return true;
  return process.platform === "linux" && (!("Deno" in globalThis) || "listenDatagram" in Deno);
}

function isNode(): boolean {
  return !("Deno" in globalThis || "Bun" in globalThis);
}

/**
 * Starts a worker.
 *
 * @param module the program of the worker, which calls {@linkcode runInWorker}
 */
export function startWorker(module: URL, events: WorkerEvents): RunningWorker {
  return isNode() ? startProcess(module, events) : startThread(module, events);
}

function startThread(module: URL, { onReport, onError }: WorkerEvents): RunningWorker {
  const worker = new Worker(module, { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<WorkerReport>): void => onReport(data);
  worker.onerror = (event): void => {
    event.preventDefault();
    onError(new Error(event.message));
  };
  return { send: (order) => worker.postMessage(order), terminate: () => worker.terminate() };
}

function startProcess(module: URL, { onReport, onError }: WorkerEvents): RunningWorker {
  // Workers accept by themselves. If the first process accepted and handed connections on, a connection on its way to a
  // killed worker would get no response and never close (Node 20.20, 24.21).
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: fileURLToPath(module), args: [], serialization: "advanced" });
  const worker = cluster.fork();
  worker.on("message", onReport);
  worker.on("exit", (code, signal) => onError(new Error(`ended with ${signal ?? `code ${code}`}`)));
  return {
    // A worker that has gone does not receive it; its `exit` event is reported instead.
    send: (order) => void worker.send(order, () => {}),
    terminate: () => void worker.process.kill("SIGKILL"),
  };
}

/** A server in a worker. */
export interface WorkerProgram {
  /** Its listening address. */
  readonly address: TcpAddress;
  /** Uses another certificate from the next handshake on. */
  reload?(tls: TlsOptions): void;
  /** Stops gracefully; messages that it sends before it settles still arrive. */
  shutdown(): Promise<void>;
  /** Called when the worker crashes; its messages still arrive. */
  onCrash?(): void;
}

/** Starts the work of a worker. `send` reaches `onMessage` of the pool. */
export type StartWorkerProgram<Init> = (
  init: Init,
  send: (data: unknown) => void,
) => Promise<WorkerProgram>;

/**
 * Makes this module the program of a worker.
 *
 * @param start opens the port with `reusePort` and serves
 * @returns false outside of a worker, where it does nothing
 */
export function runInWorker<Init>(start: StartWorkerProgram<Init>): boolean {
  const pool = findPool();
  if (pool === undefined) return false;
  let program: Promise<WorkerProgram> | undefined;
  let running: WorkerProgram | undefined;
  pool.onCrash(() => running?.onCrash?.());
  pool.onOrder(async (order): Promise<void> => {
    // A worker that has not started has nothing to reload or to stop.
    const started = await program?.catch(() => undefined);
    switch (order.kind) {
      case "start":
        program = start(order.init as Init, (data) => pool.report({ kind: "message", data }));
        try {
          running = await program;
          return pool.report({ kind: "listening", address: running.address });
        } catch (error) {
          return pool.report(toFailure(error));
        }
      case "reload":
        started?.reload?.(order.tls);
        return pool.report({ kind: "reloaded" });
      case "stop":
        await started?.shutdown();
        return pool.report({ kind: "stopped" });
    }
  });
  pool.report({ kind: "ready" });
  return true;
}

/** The pool as a worker sees it. */
interface Pool {
  report(report: WorkerReport): void;
  onOrder(take: (order: WorkerOrder) => void): void;
  onCrash(tell: () => void): void;
}

function findPool(): Pool | undefined {
  if (isNode()) return cluster.isWorker ? poolOfProcess() : undefined;
  const { Bun } = globalThis as { readonly Bun?: { readonly isMainThread: boolean } };
  const isWorker = Bun === undefined ? "WorkerGlobalScope" in globalThis : !Bun.isMainThread;
  return isWorker ? poolOfThread() : undefined;
}

function poolOfThread(): Pool {
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent<WorkerOrder>) => void;
    postMessage(report: WorkerReport): void;
  };
  return {
    report: (report) => scope.postMessage(report),
    onOrder: (take) => scope.onmessage = ({ data }) => take(data),
    onCrash(tell): void {
      addEventListener("error", tell);
      addEventListener("unhandledrejection", tell);
    },
  };
}

function poolOfProcess(): Pool {
  // Ctrl-C reaches all processes of a terminal; the first one tells the others to stop.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  return {
    report: (report) => void process.send!(report, () => {}),
    onOrder: (take) => process.on("message", take),
    onCrash(tell): void {
      process.on("uncaughtException", (error) => {
        tell();
        process.send!(toFailure(error), () => process.exit(1));
      });
    },
  };
}

function toFailure(error: unknown): WorkerReport {
  const code = error instanceof ConnectionError ? error.code : undefined;
  return { kind: "failed", message: ownMessageOf(error), code };
}
