import type { ConnectionError, Sender } from "./connection.ts";

interface Sending {
  readonly bytes: Uint8Array;
  readonly sender: Sender;
}

/**
 * Puts the bytes of several calls in a row, for runtimes that take one write at a time and perhaps not all of
 * it.
 */
export class SendQueue {
  /** Bytes that the runtime has not taken yet; after a failure those that it never will. */
  bufferedBytes = 0;
  readonly #begin: (bytes: Uint8Array) => void;
  // The write under way, and the bytes that follow it.
  #bytes: Uint8Array | undefined;
  #sender: Sender | undefined;
  readonly #waiting: Sending[] = [];
  #onDrained: (() => void)[] = [];
  #failure: ConnectionError | undefined;

  /**
   * @param begin has the runtime take bytes; tells {@linkcode SendQueue.advance} or
   *   {@linkcode SendQueue.fail} later
   */
  constructor(begin: (bytes: Uint8Array) => void) {
    this.#begin = begin;
  }

  /** Sends bytes after all others. */
  transmit(bytes: Uint8Array, sender: Sender): void {
    if (this.#failure !== undefined) return queueMicrotask(() => sender.onSendFailed(this.#failure));
    this.bufferedBytes += bytes.length;
    if (this.#bytes === undefined) this.#start(bytes, sender);
    else this.#waiting.push({ bytes, sender });
  }

  /** The runtime has taken some of the bytes that it was given last. */
  advance(count: number): void {
    const bytes = this.#bytes;
    if (bytes === undefined) return;
    const sender = this.#sender!;
    this.bufferedBytes -= count;
    if (count < bytes.length) return this.#start(bytes.subarray(count), sender);
    this.#bytes = undefined;
    const next = this.#waiting.length > 0 ? this.#waiting.shift() : undefined;
    if (next !== undefined) this.#start(next.bytes, next.sender);
    else if (this.#onDrained.length > 0) this.#endDraining();
    sender.onSent();
  }

  /** The runtime takes nothing any more. */
  fail(error: ConnectionError): void {
    this.#failure ??= error;
    const isSending = this.#bytes !== undefined;
    this.#bytes = undefined;
    this.#endDraining();
    if (isSending) this.#sender!.onSendFailed(error);
    for (const { sender } of this.#waiting.splice(0)) sender.onSendFailed(error);
  }

  /** Settles when nothing is under way: all was taken, or nothing will be. */
  drain(): Promise<void> {
    return this.#bytes === undefined
      ? Promise.resolve()
      : new Promise((resolve) => void this.#onDrained.push(resolve));
  }

  #start(bytes: Uint8Array, sender: Sender): void {
    this.#bytes = bytes;
    this.#sender = sender;
    this.#begin(bytes);
  }

  #endDraining(): void {
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }
}
