// Connections to servers that speak TLS, by node:tls on every runtime.

import { SYSTEM_CLOCK } from "../../base/clock.ts";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { formatAddress, type TcpAddress, tcpAddress } from "../address.ts";
import type { Connection } from "../connection.ts";
import { connectEvents, NodeSocket } from "../runtimes/node_socket.ts";
import { SocketConnection } from "../socket_connection.ts";
import { toConnectionError } from "../system_error.ts";
import { pauseReading, resumeReading } from "./tls_reading.ts";

// A server that accepts and then sends nothing would keep the socket for ever.
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Connects to a port over TLS; the certificate is checked for the name.
 *
 * @param serverName the name of the server, or its address if it has none
 * @param timeoutMs how long connecting and the handshake may take together, in ms
 * @throws {ConnectionError} `refused`, `denied` or `failed`, also for a certificate that is not trusted
 */
export async function connectOverTls(
  address: TcpAddress,
  serverName: string,
  timeoutMs = HANDSHAKE_TIMEOUT_MS,
): Promise<Connection> {
  const { hostname: host, port } = address;
  const name = isIP(serverName) === 0 ? { servername: serverName } : {};
  const socket = connect({ host, port, ...name, ALPNProtocols: ["http/1.1"] });
  const stopTimer = SYSTEM_CLOCK.after(
    timeoutMs,
    () => void socket.destroy(new Error("the handshake took too long")),
  );
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        socket.off("error", reject);
        resolve();
      });
    });
  } catch (cause) {
    socket.destroy();
    throw toConnectionError(`Cannot connect to ${formatAddress(address)} over TLS`, cause);
  } finally {
    stopTimer();
  }
  const driver = new TlsClient(socket);
  const local = tcpAddress(socket.localAddress ?? "", socket.localPort ?? 0);
  const connection = new SocketConnection(driver, { local, remote: address, isEncrypted: true });
  driver.connection = connection;
  connectEvents(socket, connection);
  return connection;
}

// As in node_tls.ts.
const MAX_WRITE_BYTES = 65_536;

class TlsClient extends NodeSocket {
  // Encrypted bytes are never taken at once.
  override send(bytes: Uint8Array): number {
    const piece = bytes.subarray(0, MAX_WRITE_BYTES);
    this.socket.write(piece, (error) => error ? undefined : this.connection?.onTaken(piece.length));
    return 0;
  }

  override pause(): void {
    pauseReading(this.socket);
  }

  override resume(): void {
    resumeReading(this.socket);
  }

  override reset(): void {
    this.socket.destroy();
  }
}
