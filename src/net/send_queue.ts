import type { ConnectionError, Sender } from "./connection.ts";

interface Sending {
  readonly bytes: Uint8Array;
  readonly sender: Sender;
}

/**
 * Queues the bytes of several calls, for runtimes that take one write at a time and perhaps only a part of
 * it.
 */
export class SendQueue {
  /** Bytes that the runtime has not taken yet; after a failure, those that it never will. */
  bufferedBytes = 0;
  readonly #begin: (bytes: Uint8Array) => void;
  // The current write, and the bytes that follow it.
  #bytes: Uint8Array | undefined;
  #sender: Sender | undefined;
  readonly #waiting: Sending[] = [];
  #onDrained: (() => void)[] = [];
  #failure: ConnectionError | undefined;

  /**
   * @param begin gives bytes to the runtime; calls {@linkcode SendQueue.advance} or {@linkcode
   *   SendQueue.fail} later
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

  /** The runtime has taken some of the bytes of the last call. */
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

  /** The runtime takes no more bytes. */
  fail(error: ConnectionError): void {
    this.#failure ??= error;
    const isSending = this.#bytes !== undefined;
    this.#bytes = undefined;
    this.#endDraining();
    if (isSending) this.#sender!.onSendFailed(error);
    for (const { sender } of this.#waiting.splice(0)) sender.onSendFailed(error);
  }

  /** Settles when nothing is pending: all bytes were taken, or none will be. */
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
