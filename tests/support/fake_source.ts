import type { BytesReceiver, ReadPhase, RequestSource } from "../../src/http/request/request_source.ts";
import { bytesOf } from "./latin1.ts";

/** What a client does next: it sends bytes (latin1 text), ends, or makes the read fail. */
export type Arrival = string | null | Error;

/** A client that sends what a test says, one arrival a read, and then ends. Every call is noted. */
export class FakeSource implements RequestSource {
  /** The reads, flushes and continues so far: `read head 4096`, `flush`, `continue`. */
  readonly calls: string[] = [];
  readonly #arrivals: Arrival[];

  constructor(arrivals: readonly Arrival[]) {
    this.#arrivals = [...arrivals];
  }

  /** How often was read. */
  get reads(): number {
    return this.calls.filter((call) => call.startsWith("read")).length;
  }

  receive(buffer: Uint8Array, receiver: BytesReceiver, phase: ReadPhase): void {
    this.#read(buffer, phase).then(
      (count) => receiver.onReceived(count),
      (error) => receiver.onReceiveFailed(error),
    );
  }

  #read(buffer: Uint8Array, phase: ReadPhase): Promise<number | null> {
    this.calls.push(`read ${phase} ${buffer.length}`);
    const arrival = this.#arrivals.shift() ?? null;
    if (arrival === null) return Promise.resolve(null);
    if (arrival instanceof Error) return Promise.reject(arrival);
    const taken = arrival.slice(0, buffer.length);
    if (taken.length < arrival.length) this.#arrivals.unshift(arrival.slice(taken.length));
    buffer.set(bytesOf(taken));
    return Promise.resolve(taken.length);
  }

  flush(): undefined {
    this.calls.push("flush");
  }

  sendContinue(): Promise<void> {
    this.calls.push("continue");
    return Promise.resolve();
  }
}
