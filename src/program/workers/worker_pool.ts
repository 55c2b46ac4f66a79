// Several workers that accept on one port.

import type { Clock } from "../../base/clock.ts";
import type { TcpAddress } from "../../net/address.ts";
import { listen } from "../../net/listen.ts";
import type { TlsOptions } from "../../net/tls/tls_options.ts";
import { WorkerSlot, type WorkerSlotOptions } from "./worker_slot.ts";

/** Parts of a {@linkcode WorkerPool}. */
export interface WorkerPoolOptions<Init> {
  /** The module that each worker runs; it calls `runInWorker`. */
  readonly module: URL;
  /** The number of workers, 1 or more. */
  readonly count: number;
  /** Listening address of all workers; port 0 for any free one, the same for all. */
  readonly address: TcpAddress;
  /** Start data of a worker, made anew after a crash: plain data. */
  readonly createInit: (index: number, port: number) => Init;
  /** Gets what workers send. */
  readonly onMessage: (data: unknown) => void;
  /** Called with a worker that has crashed; another one takes its place. */
  readonly onCrash: (error: Error, index: number) => void;
  /** For the delay before a crashed worker is replaced. */
  readonly clock: Clock;
  /** How long a worker may take to stop before it is cut off. */
  readonly stopTimeoutMs: number;
}

/** Workers that serve the same port. */
export class WorkerPool {
  /** Listening address of the workers. */
  readonly address: TcpAddress;
  /** Resolves when all have ended, after {@linkcode WorkerPool.stop}. */
  readonly finished: Promise<void>;
  readonly #slots: readonly WorkerSlot[];

  private constructor(address: TcpAddress, slots: readonly WorkerSlot[]) {
    this.address = address;
    this.#slots = slots;
    this.finished = Promise.all(slots.map((slot) => slot.finished)).then(() => {});
  }

  /**
   * Starts all workers.
   *
   * @returns when all of them listen
   * @throws {ConnectionError} when the port cannot be opened
   * @throws {Error} when a worker fails at its start in another way; none keeps running
   */
  static async start<Init>(options: WorkerPoolOptions<Init>): Promise<WorkerPool> {
    const port = options.address.port || await findFreePort(options.address.hostname);
    const slots = Array.from({ length: options.count }, (_, index) => {
      const settings: WorkerSlotOptions = {
        ...options,
        createInit: () => options.createInit(index, port),
        onCrash: (error) => options.onCrash(error, index),
      };
      return new WorkerSlot(settings);
    });
    try {
      const [address] = await Promise.all(slots.map((slot) => slot.start()));
      return new WorkerPool(address!, slots);
    } catch (error) {
      for (const slot of slots) slot.terminate();
      throw error;
    }
  }

  /** Makes all workers use another certificate, which must be a good one. @returns when all of them do */
  async reload(tls: TlsOptions): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.reload(tls)));
  }

  /** Tells all workers to stop gracefully, and cuts off those that take too long. */
  async stop(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }
}

// With node:cluster, a worker that asked for any free port could not tell it to the others.
async function findFreePort(hostname: string): Promise<number> {
  const listener = await listen({ hostname, port: 0 });
  listener.close();
  return listener.address.port;
}
