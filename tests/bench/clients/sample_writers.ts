// The two ways to put samples and to read them all: through the store itself, and through the line protocol. Both
// prepare their puts beforehand, and count as little as possible, so that they cost less than what they measure.

import type { ClusterStore } from "../../../src/servers/metrics/cluster/cluster_store.ts";
import { ALL_TIME, type PutCommand } from "../../../src/servers/metrics/store.ts";

const LF = 0x0a;
const REPLY_BYTES = "ok\n\n".length;
const encoder = new TextEncoder();

/** One sample. */
export interface Sample {
  /** Its key. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Its value. */
  readonly value: number;
}

/** A way to use a store. */
export interface SampleWriter {
  /** Prepares a batch. @returns puts it, and waits until it is acknowledged */
  prepare(samples: readonly Sample[]): () => Promise<void>;
  /** Reads all rows. @throws {Error} if there are not as many as expected */
  readAll(expected: number): Promise<void>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** Calls the store in this process. It belongs to the writer. */
export function createStoreWriter(store: ClusterStore): SampleWriter {
  const keys = new Map<string, Uint8Array>();
  return {
    prepare(samples): () => Promise<void> {
      const puts = samples.map(({ key, timestamp, value }): PutCommand => {
        const bytes = keys.get(key) ?? encoder.encode(key);
        keys.set(key, bytes);
        return { bytes, keyStart: 0, keyEnd: bytes.length, timestamp, value };
      });
      return async () => {
        for (const put of puts) store.put(put);
        await store.commit();
      };
    },
    async readAll(expected): Promise<void> {
      let rows = 0;
      const sink = { isFull: false, addRow: (): number => rows++ };
      const reader = await store.openRows({ bytes: encoder.encode("*"), start: 0, end: 1 }, ALL_TIME);
      while (!(await reader.fill(sink)));
      if (rows !== expected) throw new Error(`Cannot read all rows: ${rows} of ${expected} came`);
    },
    close: () => store.close(),
  };
}

/** Talks with a server in lines. */
export async function connectLineWriter(port: number): Promise<SampleWriter> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const buffer = new Uint8Array(262_144);

  async function read(): Promise<number> {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("Cannot read the replies: the server has closed the connection");
    return count;
  }

  return {
    prepare(samples): () => Promise<void> {
      const lines = samples.map(({ key, timestamp, value }) => `put ${key} ${value} ${timestamp}\n`);
      const bytes = encoder.encode(lines.join(""));
      return async () => {
        const written = writeAll(connection, bytes);
        for (let left = samples.length * REPLY_BYTES; left > 0;) left -= await read();
        await written;
      };
    },
    // An empty line ends the reply, and none comes before.
    async readAll(): Promise<void> {
      await writeAll(connection, encoder.encode("get *\n"));
      for (let last = 0, isAtEnd = false; !isAtEnd;) {
        const count = await read();
        isAtEnd = buffer[count - 1] === LF && (count > 1 ? buffer[count - 2] : last) === LF;
        last = buffer[count - 1]!;
      }
    },
    close: () => Promise.resolve(connection.close()),
  };
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
