// Several threads that accept on one port (SO_REUSEPORT): the kernel deals connections out among them.

import type { Clock } from "./clock.ts";
import { ConnectionError, type NetAddress } from "./net/connection.ts";
import { type WorkerOrder, type WorkerReport, WorkerSlot, type WorkerSlotOptions } from "./worker_slot.ts";

/** Whether several workers can accept on one port and the system deals connections out among them: Linux alone. */
export function canSharePorts(): boolean {
  return typeof Deno !== "undefined" && Deno.build.os === "linux";
}

/** What a {@linkcode WorkerPool} is made of. */
export interface WorkerPoolOptions<Init> {
  /** The module that each worker runs; it calls {@linkcode runInWorker}. */
  readonly module: URL;
  /** How many workers, 1 or more. */
  readonly count: number;
  /** What a worker is told at its start, also again after a crash: plain data. @param port 0 for the first one at most */
  readonly createInit: (index: number, port: number) => Init;
  /** TCP port; 0 for any free one, the same for all. */
  readonly port: number;
  /** Gets what workers send. */
  readonly onMessage: (data: unknown) => void;
  /** Told of a worker that has crashed; another one takes its place. */
  readonly onCrash: (error: Error, index: number) => void;
  /** For the delay before a crashed worker is replaced. */
  readonly clock: Clock;
  /** How long a worker may take to stop before it is cut off. */
  readonly stopTimeoutMs: number;
}

/** Workers that serve the same port, each in a thread of its own. */
export class WorkerPool {
  /** Where they listen. */
  readonly address: NetAddress;
  /** Resolves when all have ended, which only {@linkcode WorkerPool.stop} makes them do. */
  readonly finished: Promise<void>;
  readonly #slots: readonly WorkerSlot[];

  private constructor(address: NetAddress, slots: readonly WorkerSlot[]) {
    this.address = address;
    this.#slots = slots;
    this.finished = Promise.all(slots.map((slot) => slot.finished)).then(() => {});
  }

  /**
   * Starts all workers.
   *
   * @returns when all of them listen
   * @throws {ConnectionError} when the port cannot be opened
   * @throws {Error} when a worker fails at its start in another way; none is left behind
   */
  static async start<Init>(options: WorkerPoolOptions<Init>): Promise<WorkerPool> {
    const slots: WorkerSlot[] = [];
    const add = (index: number, port: number): Promise<NetAddress> => {
      const settings: WorkerSlotOptions = {
        ...options,
        createInit: (realPort) => options.createInit(index, realPort),
        onCrash: (error) => options.onCrash(error, index),
      };
      const slot = new WorkerSlot(settings);
      slots.push(slot);
      return slot.start(port);
    };
    try {
      // The first one finds out which port a 0 stands for.
      const address = await add(0, options.port);
      await Promise.all(Array.from({ length: options.count - 1 }, (_, i) => add(i + 1, address.port)));
      return new WorkerPool(address, slots);
    } catch (error) {
      for (const slot of slots) slot.terminate();
      throw error;
    }
  }

  /** Tells all workers to stop gracefully, and cuts off those that take too long. */
  async stop(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }
}

/** A server in a worker. */
export interface WorkerProgram {
  /** Where it listens. */
  readonly address: NetAddress;
  /** Stops gracefully; what it sends before it settles still arrives. */
  shutdown(): Promise<void>;
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerOrder>) => void) | null;
  postMessage(report: WorkerReport): void;
}

/**
 * Makes this module the program of a worker; does nothing outside of one.
 *
 * @param start opens the port with `reusePort` and serves; `send` reaches `onMessage` of the pool
 */
export function runInWorker<Init>(
  start: (init: Init, send: (data: unknown) => void) => Promise<WorkerProgram>,
): void {
  if (!("WorkerGlobalScope" in globalThis)) return;
  const scope = globalThis as unknown as WorkerScope;
  let program: Promise<WorkerProgram> | undefined;
  scope.onmessage = async ({ data: order }): Promise<void> => {
    if (order.kind === "start") {
      program = start(order.init as Init, (data) => scope.postMessage({ kind: "message", data }));
      try {
        scope.postMessage({ kind: "listening", address: (await program).address });
      } catch (error) {
        const code = error instanceof ConnectionError ? error.code : undefined;
        const message = error instanceof Error ? error.message : String(error);
        scope.postMessage({ kind: "failed", message, code });
      }
    } else {
      // One that has not started has nothing to stop.
      await (await program?.catch(() => undefined))?.shutdown();
      scope.postMessage({ kind: "stopped" });
    }
  };
}
