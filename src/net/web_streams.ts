import type { Connection } from "./connection.ts";

type Reader = Pick<Connection, "read" | "close">;
type Receiving = Pick<Connection, "receive">;
type Sending = Pick<Connection, "transmit">;
type Writer = Pick<Connection, "write" | "closeWrite" | "close">;

// The size of one read when a default reader brings no buffer of its own.
const CHUNK_BYTES = 16_384;

/** Makes a promise of {@linkcode Connection.receive}. */
export function receiveOnce(connection: Receiving, buffer: Uint8Array): Promise<number | null> {
  return new Promise((resolve, reject) => {
    connection.receive(buffer, { onReceived: resolve, onReceiveFailed: reject });
  });
}

/** Makes a promise of {@linkcode Connection.transmit}. */
export function sendOnce(connection: Sending, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.transmit(bytes, { onSent: resolve, onSendFailed: reject });
  });
}

/** Makes the byte stream of a connection from its `read`; nothing is read before somebody asks. */
export function createReadable(connection: Reader): ReadableStream<Uint8Array<ArrayBuffer>> {
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
      } else {
        request.respond(count);
      }
    },
    cancel(): void {
      connection.close();
    },
  }, { highWaterMark: 0 });
}

/** Makes the writable stream of a connection from its `write`. */
export function createWritable(connection: Writer): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) => connection.write(bytes),
    close: () => connection.closeWrite(),
    abort: () => connection.close(),
  });
}
