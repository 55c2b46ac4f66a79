// deno-lint-ignore-file no-console -- a program: it prints the seconds it took
// The load of the metrics section: metrics_load.ts PORT ORDER, where the order is JSON. A process of its own, tied to the
// generator's core. Commands are made beforehand and replies counted by their bytes alone, so that the generator costs
// less than any server.

import { joinBytes } from "../../../src/bytes/join_bytes.ts";

/** The protocol in which a server takes a put. */
export type Dialect = "millrace" | "redis" | "graphite";

/** The load to send. */
export type LoadOrder =
  | {
    /** Puts over four connections, as many at once as the connections take. */
    readonly task: "puts";
    readonly dialect: Dialect;
    readonly count: number;
    readonly series: number;
    /** Seconds since 1970 of the first step. */
    readonly firstTimestamp: number;
  }
  | {
    /** Puts that wait for each other, on each of many connections. */
    readonly task: "single puts";
    readonly dialect: Dialect;
    readonly clients: number;
    readonly putsEach: number;
  }
  | {
    /** `get *`, one after the other. */
    readonly task: "rows";
    readonly times: number;
  };

// The length of the reply to a put. Graphite sends none: the end of its connection, after ours, says that all was read.
const REPLY_BYTES: Readonly<Record<Dialect, number>> = { millrace: 4, redis: 4, graphite: 0 };

const CONNECTIONS = 4;
const BUFFER_BYTES = 262_144;
const LF = 0x0a;

const encoder = new TextEncoder();

/** Makes a put in a dialect. For Redis it is HSET with the timestamp as field; the reply is `:0` or `:1`. */
export function writePut(dialect: Dialect, key: string, value: string, timestamp: string): string {
  if (dialect === "millrace") return `put ${key} ${value} ${timestamp}\n`;
  if (dialect === "graphite") return `${key} ${value} ${timestamp}\n`;
  return `*4\r\n$4\r\nHSET\r\n${bulk(key)}${bulk(timestamp)}${bulk(value)}`;
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function keyOf(series: number): string {
  return `host${series % 100}.cpu.${Math.floor(series / 100)}`;
}

// A gauge with one decimal that walks a little.
function valueOf(series: number, step: number): string {
  return (50 + (series % 40) + ((step * 7919 + series) % 100) / 10).toFixed(1);
}

/** The puts of one connection, which has its own part of the series; one step of ten seconds after the other. */
export function createPuts(order: LoadOrder & { task: "puts" }, connection: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const puts = Math.floor(order.count / CONNECTIONS);
  const own = Math.max(1, Math.floor(order.series / CONNECTIONS));
  for (let first = 0; first < puts; first += 10_000) {
    let text = "";
    for (let index = first; index < Math.min(puts, first + 10_000); index++) {
      const series = connection * own + (index % own);
      const step = Math.floor(index / own);
      const timestamp = String(order.firstTimestamp + step * 10);
      text += writePut(order.dialect, keyOf(series), valueOf(series, step), timestamp);
    }
    parts.push(encoder.encode(text));
  }
  return joinBytes(parts);
}

async function put(port: number, order: LoadOrder & { task: "puts" }): Promise<number> {
  const loads = Array.from({ length: CONNECTIONS }, (_, connection) => createPuts(order, connection));
  const replyBytes = Math.floor(order.count / CONNECTIONS) * REPLY_BYTES[order.dialect];
  return await onConnections(port, CONNECTIONS, async (conn, index) => {
    const receiving = replyBytes === 0 ? receiveAll(conn) : receive(conn, replyBytes);
    await sendAll(conn, loads[index]!);
    if (replyBytes === 0) await conn.closeWrite();
    await receiving;
  });
}

async function putOneByOne(port: number, order: LoadOrder & { task: "single puts" }): Promise<number> {
  return await onConnections(port, order.clients, async (conn, client) => {
    for (let index = 0; index < order.putsEach; index++) {
      const timestamp = String(1_700_000_000 + index);
      await conn.write(encoder.encode(writePut(order.dialect, `one.${client}`, `${index}.5`, timestamp)));
      await receive(conn, REPLY_BYTES[order.dialect]);
    }
  });
}

async function getAll(port: number, order: LoadOrder & { task: "rows" }): Promise<number> {
  return await onConnections(port, 1, async (conn) => {
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (let round = 0; round < order.times; round++) {
      await conn.write(encoder.encode("get *\n"));
      // An empty line ends a reply, and none comes before.
      for (let isAtEnd = false, last = 0; !isAtEnd;) {
        const count = await conn.read(buffer);
        if (count === null) throw new Error("Cannot read rows: the server has closed");
        isAtEnd = buffer[count - 1] === LF && (count > 1 ? buffer[count - 2] : last) === LF;
        last = buffer[count - 1]!;
      }
    }
  });
}

/** Does the same on several connections at once. @returns the seconds that all of them took */
async function onConnections(
  port: number,
  count: number,
  act: (conn: Deno.TcpConn, index: number) => Promise<void>,
): Promise<number> {
  const conns = await Promise.all(
    Array.from({ length: count }, () => Deno.connect({ hostname: "127.0.0.1", port })),
  );
  for (const conn of conns) conn.setNoDelay(true);
  const startedMs = performance.now();
  await Promise.all(conns.map(act));
  const seconds = (performance.now() - startedMs) / 1000;
  for (const conn of conns) conn.close();
  return seconds;
}

async function sendAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at, at + BUFFER_BYTES));
}

async function receive(conn: Deno.TcpConn, count: number): Promise<void> {
  const buffer = new Uint8Array(Math.min(count, BUFFER_BYTES));
  for (let left = count; left > 0;) {
    const read = await conn.read(buffer);
    if (read === null) throw new Error(`Cannot read replies: closed with ${left} bytes to come`);
    left -= read;
  }
}

async function receiveAll(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(1_024);
  while (await conn.read(buffer) !== null);
}

async function main(): Promise<void> {
  const [port = "", json = ""] = Deno.args;
  const order: LoadOrder = JSON.parse(json);
  console.log(
    order.task === "puts"
      ? await put(Number(port), order)
      : order.task === "rows"
      ? await getAll(Number(port), order)
      : await putOneByOne(Number(port), order),
  );
}

if (import.meta.main) await main();
