import type { Connection } from "../../src/net/connection.ts";
import { fromWebStreams } from "../../src/net/from_web_streams.ts";

/** Two ends of a connection in memory. */
export interface MemoryPair {
  readonly server: Connection;
  readonly client: Connection;
}

// As many bytes as the buffers of a socket take before a write waits.
const PIPE_BYTES = 65_536;

/** Connects two ends with Web Streams alone. */
export function openMemoryPair(): MemoryPair {
  const [toServer, toClient] = [openPipe(), openPipe()];
  return {
    server: fromWebStreams({ readable: toServer.readable, writable: toClient.writable }),
    client: fromWebStreams({ readable: toClient.readable, writable: toServer.writable }),
  };
}

function openPipe(): TransformStream<Uint8Array, Uint8Array> {
  const strategy = { highWaterMark: PIPE_BYTES, size: (bytes: Uint8Array): number => bytes.length };
  return new TransformStream({}, undefined, strategy);
}
