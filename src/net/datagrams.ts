import { createSocket, type Socket } from "node:dgram";
import { formatAddress, tcpAddress } from "./address.ts";
import { toConnectionError } from "./system_error.ts";

/** An open port of UDP. */
export interface DatagramListener {
  /** IP address in text form. */
  readonly hostname: string;
  /** The real port. */
  readonly port: number;
  /** Stops listening. May be called twice. */
  close(): void;
}

/** The address for datagrams, and the code that handles them. */
export interface DatagramOptions {
  /** IP address to bind. */
  readonly hostname: string;
  /** UDP port; 0 asks for any free one. */
  readonly port: number;
  /** Takes each datagram; the bytes are its own. Must not throw. */
  readonly onDatagram: (bytes: Uint8Array) => void;
}

/**
 * Opens a port of UDP; all runtimes have `node:dgram`.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available` or `failed`
 */
export async function listenDatagrams(
  { hostname, port, onDatagram }: DatagramOptions,
): Promise<DatagramListener> {
  const socket = createSocket(hostname.includes(":") ? "udp6" : "udp4");
  try {
    await bind(socket, hostname, port);
  } catch (cause) {
    socket.close();
    throw toConnectionError(
      `Cannot listen on ${formatAddress(tcpAddress(hostname, port))} for datagrams`,
      cause,
    );
  }
  socket.on("message", onDatagram);
  // Ignore errors about datagrams of ours: we send none.
  socket.on("error", () => {});
  let isClosed = false;
  return {
    hostname,
    port: socket.address().port,
    close: () => {
      if (!isClosed) socket.close();
      isClosed = true;
    },
  };
}

function bind(socket: Socket, hostname: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: hostname, port, exclusive: true }, () => {
      socket.removeListener("error", reject);
      resolve();
    });
  });
}
