import type { Clock } from "../../../../base/clock.ts";
import { LineDecoder } from "../../../../bytes/line_decoder.ts";
import { type DatagramListener, listenDatagrams } from "../../../../net/datagrams.ts";
import type { Connection, Listener, NetAddress } from "../../../../net/connection.ts";
import { ConnectionError } from "../../../../net/connection.ts";
import {
  ConnectionServer,
  type ConnectionService,
  type ServedClient,
} from "../../../../serving/connection_server.ts";
import { FairQueue } from "../../../../serving/turns/fair_queue.ts";
import { WorkTurns } from "../../conversation/work_turns.ts";
import { PlaintextIngest, type PlaintextParts } from "./plaintext_ingest.ts";
import { PlaintextClient } from "./plaintext_client.ts";

// A port number that is free for TCP may be taken for UDP: then another one is tried.
const PORT_TRIES = 20;

/** Parts of {@linkcode servePlaintext}. */
export interface PlaintextServerOptions extends PlaintextParts {
  /** IP address or name of both ports. */
  readonly hostname: string;
  /** The number of both ports; 0 asks for a free one. */
  readonly port: number;
  /** Opens the port of TCP. */
  readonly openPort: (port: number) => Promise<Listener>;
  /** Limits and time, like those of the server itself. */
  readonly maxConnections: number;
  /** Clients at one time from one address. */
  readonly maxConnectionsPerAddress: number;
  /** How long the end waits for lines that were read. */
  readonly graceMs: number;
  /** The time. */
  readonly clock: Clock;
  /** Failures of accepting. */
  readonly onError: (error: unknown) => void;
}

/** Both ports in service. */
export interface PlaintextServer {
  /** The listening address for TCP. */
  readonly address: NetAddress;
  /** The number of clients over TCP. */
  readonly connectionCount: number;
  /** Stops; settles when the lines that were read are stored. */
  shutdown(): Promise<void>;
}

/** Takes Graphite's lines over TCP and UDP, on one number. @throws {Error} when a port cannot be opened */
export async function servePlaintext(options: PlaintextServerOptions): Promise<PlaintextServer> {
  const ingest = new PlaintextIngest(options);
  const { listener, datagrams } = await openBoth(options, ingest);
  const server = new ConnectionServer(listener, new PlaintextService(ingest), {
    ...options,
    turns: new FairQueue(),
  });
  return {
    address: server.address,
    get connectionCount(): number {
      return server.connectionCount;
    },
    shutdown: async () => {
      datagrams.close();
      await server.shutdown();
    },
  };
}

async function openBoth(
  { hostname, port, openPort }: PlaintextServerOptions,
  ingest: PlaintextIngest,
): Promise<{ readonly listener: Listener; readonly datagrams: DatagramListener }> {
  for (let left = PORT_TRIES;; left--) {
    const listener = await openPort(port);
    try {
      const datagrams = await listenDatagrams({
        hostname,
        port: listener.address.port ?? 0,
        onDatagram: (bytes) => takeDatagram(ingest, bytes),
      });
      return { listener, datagrams };
    } catch (error) {
      listener.close();
      const isTaken = error instanceof ConnectionError && error.code === "in-use";
      if (port !== 0 || !isTaken || left === 1) throw error;
    }
  }
}

// The last line of a datagram needs no end.
function takeDatagram(ingest: PlaintextIngest, bytes: Uint8Array): void {
  const lines = new Uint8Array(bytes.length + 1);
  lines.set(bytes);
  lines[bytes.length] = 0x0a;
  void ingest.take(new LineDecoder(), lines, lines.length);
}

class PlaintextService implements ConnectionService {
  readonly refusal = new Uint8Array(0);
  readonly #ingest: PlaintextIngest;
  readonly #turns = new WorkTurns();

  constructor(ingest: PlaintextIngest) {
    this.#ingest = ingest;
  }

  serve(connection: Connection, onReleased: () => void): ServedClient {
    const client = new PlaintextClient({ connection, ingest: this.#ingest, turns: this.#turns, onReleased });
    client.start();
    return client;
  }

  // The protocol has no message for it.
  refuse(connection: Connection, onReleased: () => void): ServedClient {
    connection.close();
    queueMicrotask(onReleased);
    return { stop: () => {}, close: () => {}, abandon: () => {} };
  }

  overload(count: number): Error {
    return new Error(`limit of connections reached: refused ${count} since the last report`);
  }
}
