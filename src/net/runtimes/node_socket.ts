// A socket of node:net as the driver of a connection.

import type { Socket } from "node:net";
import { type DrivenSocket, SocketConnection, type SocketFacts } from "../socket_connection.ts";
import { toConnectionError } from "../system_error.ts";

/** Makes the connection of a socket without TLS. */
export function createConnection(socket: Socket, facts: SocketFacts): SocketConnection {
  const driver = new NodeSocket(socket);
  const connection = new SocketConnection(driver, facts);
  driver.connection = connection;
  connectEvents(socket, connection);
  return connection;
}

/** Passes the callbacks of a socket on to its connection. */
export function connectEvents(socket: Socket, connection: SocketConnection): void {
  socket.on("data", (bytes: Uint8Array<ArrayBuffer>) => {
    // Usually each read has an array of its own. A part of one may lie in a pool.
    if (bytes.length === bytes.buffer.byteLength) connection.onOwnData(bytes);
    else connection.onData(bytes);
  });
  socket.on("end", () => connection.onEnd());
  socket.on("error", (cause) => connection.onFailure(toConnectionError("Cannot use the connection", cause)));
}

// The size of one write, because Node does not show the progress during a write.
const MAX_WRITE_BYTES = 262_144;
const NOTHING = new Uint8Array(0);

/** A socket without TLS. */
export class NodeSocket implements DrivenSocket {
  /** Called when the system has taken bytes. */
  connection: SocketConnection | undefined;
  /** The socket that is driven. */
  protected readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  send(bytes: Uint8Array): number {
    const { socket } = this;
    for (let position = 0; position < bytes.length; position += MAX_WRITE_BYTES) {
      const piece = bytes.length <= MAX_WRITE_BYTES
        ? bytes
        : bytes.subarray(position, position + MAX_WRITE_BYTES);
      socket.write(piece);
      // The system has almost always taken the bytes by now, so that no callback is needed.
      if (socket.writableLength === 0) continue;
      socket.write(NOTHING, (error) => error ? undefined : this.connection?.onTaken(piece.length));
      return position;
    }
    return bytes.length;
  }

  finish(): Promise<void> {
    return new Promise((resolve) => this.socket.end(resolve));
  }

  destroy(): void {
    this.socket.destroy();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }
}
