import { withDeadline } from "../processes.ts";

const DEADLINE_MS = 60_000;

/** Which downloads to run. */
export interface DownloadOptions {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Path of the file. */
  readonly path: string;
  /** How many at the same time. */
  readonly count: number;
  /** Bytes that each reads before it stops. */
  readonly bytesEach: number;
}

/**
 * Begins many downloads at once, reads a part of each, and gives all of them up when every one has come that far. At
 * that moment the server holds all of them, and none of them moves.
 *
 * @returns bytes read
 * @throws {Error} when one is refused or ends early
 */
export async function holdDownloads({ port, path, count, bytesEach }: DownloadOptions): Promise<number> {
  const connections: Deno.TcpConn[] = [];
  try {
    for (let i = 0; i < count; i++) connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
    const request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    const reads = connections.map((connection) => readPart(connection, request, bytesEach));
    const read = await withDeadline(Promise.all(reads), DEADLINE_MS, "Cannot download");
    return read.reduce((sum, bytes) => sum + bytes, 0);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function readPart(connection: Deno.TcpConn, request: Uint8Array, bytes: number): Promise<number> {
  await connection.write(request);
  const buffer = new Uint8Array(16_384);
  let length = 0;
  while (length < bytes) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error(`Cannot download: the server ended after ${length} bytes`);
    if (length === 0 && !new TextDecoder("latin1").decode(buffer.subarray(0, 12)).endsWith("200")) {
      throw new Error("Cannot download: the status is not 200");
    }
    length += count;
  }
  return length;
}
