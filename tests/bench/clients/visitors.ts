// deno-lint-ignore-file no-console -- a program: its figures go to stdout
// Harmless clients: visitors.ts PORT COUNT SECONDS PAUSE_MS. Each asks for a hello, waits for the response, pauses,
// and asks again on the same connection. Prints "ready" when all are connected, and at the end one line of JSON.

import { ResponseReader } from "../response_reader.ts";

/** What the visitors found. */
export interface Visits {
  /** Responses received whole. */
  readonly requests: number;
  /** Connections that were refused or lost, and responses with a status other than 200. */
  readonly failures: number;
  /** Median time of a response in microseconds. */
  readonly p50Us: number;
  /** Time within which 99 of 100 responses came. */
  readonly p99Us: number;
  /** The longest time. */
  readonly maxUs: number;
}

const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

async function main(): Promise<void> {
  const [port = 0, count = 0, seconds = 0, pauseMs = 0] = Deno.args.map(Number);
  const connections: Deno.TcpConn[] = [];
  for (let i = 0; i < count; i++) connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  console.log("ready");
  const timesUs: number[] = [];
  const endMs = performance.now() + seconds * 1_000;
  const visits = connections.map((connection) => visit(connection, { endMs, pauseMs, timesUs }));
  const failures = (await Promise.all(visits)).filter((isWell) => !isWell).length;
  console.log(JSON.stringify(summarize(timesUs, failures)));
}

interface Stay {
  readonly endMs: number;
  readonly pauseMs: number;
  readonly timesUs: number[];
}

/** @returns whether all went well */
async function visit(connection: Deno.TcpConn, { endMs, pauseMs, timesUs }: Stay): Promise<boolean> {
  const responses = new ResponseReader(connection);
  try {
    while (performance.now() < endMs) {
      const askedMs = performance.now();
      await connection.write(REQUEST);
      const head = await responses.readHead();
      await responses.readBody(head);
      if (head.status !== 200) return false;
      timesUs.push((performance.now() - askedMs) * 1_000);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return true;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

function summarize(timesUs: readonly number[], failures: number): Visits {
  const sorted = timesUs.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  return { requests: sorted.length, failures, p50Us: at(0.5), p99Us: at(0.99), maxUs: at(1) };
}

if (import.meta.main) await main();
