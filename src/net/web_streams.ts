// Promises and Web Streams of a connection, made from its waist once for every runtime.

import type { NetAddress } from "./address.ts";
import type { Connection, Receiver, Sender } from "./connection.ts";

/**
 * The base class of adapters: an adapter implements the waist, and gets the rest of a {@linkcode Connection}.
 */
export abstract class StreamConnection implements Connection {
  abstract readonly local: NetAddress;
  abstract readonly remote: NetAddress;
  abstract readonly isEncrypted: boolean;
  abstract readonly bufferedBytes: number;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;
  #endedStreams = 0;

  abstract receive(buffer: Uint8Array, receiver: Receiver): void;
  abstract transmit(bytes: Uint8Array, sender: Sender): void;
  abstract closeWrite(): Promise<void>;
  abstract close(): void;

  read(buffer: Uint8Array): Promise<number | null> {
    return new Promise((resolve, reject) => {
      this.receive(buffer, { onReceived: resolve, onReceiveFailed: reject });
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.transmit(bytes, { onSent: resolve, onSendFailed: reject });
    });
  }

  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= createReadable(this, () => this.#endStream());
  }

  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= createWritable(this, () => this.#endStream());
  }

  // A caller that has read one stream to its end and closed the other has nothing left to call close() for.
  #endStream(): void {
    this.#endedStreams += 1;
    if (this.#endedStreams === 2) this.close();
  }
}

// The size of one read when a default reader brings no buffer of its own.
const CHUNK_BYTES = 16_384;

/** Nothing is read before a reader asks. */
function createReadable(connection: Connection, onEnd: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_BYTES,
    async pull(controller): Promise<void> {
      const request = controller.byobRequest!;
      const view = request.view!;
      const count = await connection.read(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      if (count === null) {
        controller.close();
        request.respond(0);
        onEnd();
      } else {
        request.respond(count);
      }
    },
    cancel(): void {
      connection.close();
    },
  }, { highWaterMark: 0 });
}

function createWritable(connection: Connection, onEnd: () => void): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) => connection.write(bytes),
    close: () => connection.closeWrite().then(onEnd),
    abort: () => connection.close(),
  });
}
