// The load of the metrics benchmark: commands made beforehand, replies counted by their bytes alone, so that the
// generator costs less than any server.

/** One series of commands for one connection, and how many bytes answer it. */
export interface Load {
  readonly bytes: Uint8Array;
  readonly replyBytes: number;
}

/** What a load is made of. */
export interface PutShape {
  readonly count: number;
  readonly seriesCount: number;
  readonly connections: number;
  readonly firstTimestamp: number;
}

/** How a server wants a put and how long its reply is. */
export interface Dialect {
  readonly replyBytesPerPut: number;
  put(key: string, value: string, timestamp: string): string;
}

/** The protocol of the metrics server. */
export const MILLRACE: Dialect = {
  replyBytesPerPut: 4,
  put: (key, value, timestamp) => `put ${key} ${value} ${timestamp}\n`,
};

/** HSET with the timestamp as field; the reply is `:0` or `:1`. */
export const REDIS: Dialect = {
  replyBytesPerPut: 4,
  put: (key, value, timestamp) => `*4\r\n$4\r\nHSET\r\n${bulk(key)}${bulk(timestamp)}${bulk(value)}`,
};

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** The key of a series. */
export function keyOf(series: number): string {
  return `host${series % 100}.cpu.${Math.floor(series / 100)}`;
}

/** The value of the n-th sample: a gauge with one decimal that walks a little. */
export function valueOf(series: number, step: number): string {
  return (50 + (series % 40) + ((step * 7919 + series) % 100) / 10).toFixed(1);
}

/** Loads that put `count` samples, each connection its own series, one step of ten seconds after the other. */
export function createPuts(dialect: Dialect, shape: PutShape): Load[] {
  const loads: Load[] = [];
  const encoder = new TextEncoder();
  for (let connection = 0; connection < shape.connections; connection++) {
    const parts: Uint8Array[] = [];
    const puts = Math.floor(shape.count / shape.connections);
    const own = Math.max(1, Math.floor(shape.seriesCount / shape.connections));
    for (let first = 0; first < puts; first += 10_000) {
      let text = "";
      for (let index = first; index < Math.min(puts, first + 10_000); index++) {
        const series = connection * own + (index % own);
        const step = Math.floor(index / own);
        text += dialect.put(keyOf(series), valueOf(series, step), String(shape.firstTimestamp + step * 10));
      }
      parts.push(encoder.encode(text));
    }
    loads.push({ bytes: concat(parts), replyBytes: puts * dialect.replyBytesPerPut });
  }
  return loads;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Sends the loads, each over its own connection, and returns the seconds until the last reply byte. */
export async function drive(port: number, loads: readonly Load[]): Promise<number> {
  const conns = await Promise.all(loads.map(() => Deno.connect({ hostname: "127.0.0.1", port })));
  const startedMs = performance.now();
  await Promise.all(conns.map((conn, index) => driveOne(conn, loads[index]!)));
  const seconds = (performance.now() - startedMs) / 1000;
  for (const conn of conns) conn.close();
  return seconds;
}

async function driveOne(conn: Deno.TcpConn, load: Load): Promise<void> {
  await Promise.all([sendAll(conn, load.bytes), receive(conn, load.replyBytes, new Uint8Array(262_144))]);
}

async function sendAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at, at + 262_144));
}

async function receive(conn: Deno.TcpConn, count: number, buffer: Uint8Array): Promise<void> {
  for (let left = count; left > 0;) {
    const read = await conn.read(buffer);
    if (read === null) throw new Error(`Cannot read replies: closed with ${left} bytes to come`);
    left -= read;
  }
}

/** Sends one put at a time on each of many connections and returns the seconds for all of them. */
export async function driveOneAtATime(
  port: number,
  dialect: Dialect,
  shape: { readonly clients: number; readonly putsEach: number },
): Promise<number> {
  const clients = Array.from({ length: shape.clients });
  const conns = await Promise.all(clients.map(() => Deno.connect({ hostname: "127.0.0.1", port })));
  const encoder = new TextEncoder();
  const startedMs = performance.now();
  await Promise.all(conns.map(async (conn, client) => {
    conn.setNoDelay(true);
    const buffer = new Uint8Array(64);
    for (let index = 0; index < shape.putsEach; index++) {
      await conn.write(
        encoder.encode(dialect.put(`one.${client}`, `${index}.5`, String(1_700_000_000 + index))),
      );
      await receive(conn, dialect.replyBytesPerPut, buffer);
    }
  }));
  const seconds = (performance.now() - startedMs) / 1000;
  for (const conn of conns) conn.close();
  return seconds;
}
