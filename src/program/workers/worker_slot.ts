// One slot of the pool. A worker that crashes is replaced.

import type { Clock } from "../../base/clock.ts";
import type { TcpAddress } from "../../net/address.ts";
import { ConnectionError } from "../../net/connection.ts";
import type { TlsOptions } from "../../net/tls/tls_options.ts";
import { type RunningWorker, startWorker, type WorkerReport } from "./workers.ts";

/** Parts of a {@linkcode WorkerSlot}. */
export interface WorkerSlotOptions {
  /** The module of the worker. */
  readonly module: URL;
  /** Makes the start data of a worker: plain data. */
  readonly createInit: () => unknown;
  /** Gets what it sends. */
  readonly onMessage: (data: unknown) => void;
  /** Called when it has crashed. */
  readonly onCrash: (error: Error) => void;
  /** For the delay before it is replaced. */
  readonly clock: Clock;
  /** How long it may take to stop. */
  readonly stopTimeoutMs: number;
}

const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;
// A worker that has lived this long starts over with the shortest delay.
const STEADY_MS = 10_000;

/** Holds a worker, and another one in its place when it crashes. */
export class WorkerSlot {
  /** Resolves when the worker has ended for good. */
  readonly finished: Promise<void>;
  readonly #options: WorkerSlotOptions;
  #worker: RunningWorker | undefined;
  #delayMs = MIN_DELAY_MS;
  #startedAtMs = 0;
  #isStopping = false;
  #stopWaiting: (() => void) | undefined;
  #resolveFinished: () => void = () => {};
  #resolveReload: () => void = () => {};

  /** Makes an empty place. */
  constructor(options: WorkerSlotOptions) {
    this.#options = options;
    this.finished = new Promise((resolve) => this.#resolveFinished = resolve);
  }

  /** Starts the worker. @returns its listening address @throws {Error} when it fails before it listens */
  start(): Promise<TcpAddress> {
    const { module, createInit, clock } = this.#options;
    this.#startedAtMs = clock.nowMs();
    return new Promise((resolve, reject) => {
      let isListening = false;
      const onError = (error: Error): void => {
        worker.terminate();
        this.#resolveReload();
        // Later messages of a worker that was replaced or cut off do not count.
        if (this.#worker !== worker) return;
        this.#worker = undefined;
        if (isListening) this.#replace(error);
        else reject(error);
      };
      const onReport = (report: WorkerReport): void => {
        switch (report.kind) {
          case "ready":
            return worker.send(this.#isStopping ? { kind: "stop" } : { kind: "start", init: createInit() });
          case "listening":
            isListening = true;
            return resolve(report.address);
          case "failed":
            return onError(toError(report));
          case "message":
            return this.#options.onMessage(report.data);
          case "reloaded":
            return this.#resolveReload();
          case "stopped":
            return this.terminate();
        }
      };
      const worker = startWorker(module, { onReport, onError });
      this.#worker = worker;
    });
  }

  /**
   * Makes the worker use another certificate; settles when it does, or has crashed: the next one starts with
   * it.
   */
  reload(tls: TlsOptions): Promise<void> {
    // If the one before is still pending, it settles now: the worker takes both in order.
    this.#resolveReload();
    return new Promise((resolve) => {
      this.#resolveReload = resolve;
      if (this.#worker === undefined) resolve();
      else this.#worker.send({ kind: "reload", tls });
    });
  }

  /** Tells the worker to stop; settles when it has, or was cut off. */
  async stop(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#stopWaiting?.();
      if (this.#worker === undefined) this.terminate();
      else {
        this.#worker.send({ kind: "stop" });
        this.#wait(this.#options.stopTimeoutMs, () => this.terminate());
      }
    }
    await this.finished;
  }

  /** Cuts the worker off. */
  terminate(): void {
    this.#isStopping = true;
    this.#stopWaiting?.();
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#resolveReload();
    this.#resolveFinished();
  }

  #replace(error: Error): void {
    if (this.#isStopping) return this.terminate();
    const { clock, onCrash } = this.#options;
    onCrash(error);
    if (clock.nowMs() - this.#startedAtMs >= STEADY_MS) this.#delayMs = MIN_DELAY_MS;
    this.#wait(this.#delayMs, () => {
      this.start().catch((cause) => this.#replace(cause));
    });
    this.#delayMs = Math.min(MAX_DELAY_MS, this.#delayMs * 2);
  }

  #wait(delayMs: number, action: () => void): void {
    const stop = this.#options.clock.every(delayMs, () => {
      stop();
      this.#stopWaiting = undefined;
      action();
    });
    this.#stopWaiting = stop;
  }
}

function toError({ message, code }: WorkerReport & { readonly kind: "failed" }): Error {
  return code === undefined ? new Error(message) : new ConnectionError(code, message);
}
