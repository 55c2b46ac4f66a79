// deno-lint-ignore-file no-console -- a program: its figures go to stdout
// A load generator on raw TCP: builtin_load.ts URL CONNECTIONS PIPELINED SECONDS prints its figures as JSON.
// Each connection sends its requests together, waits for as many whole responses, checks status and length, and repeats.
// It costs more CPU per request than wrk, so the ratios between fast servers come out smaller than they are.

import { parseResponseHead } from "../response_reader.ts";

const BUFFER_BYTES = 65_536;

interface Tally {
  requests: number;
  failures: number;
  readonly latenciesUs: number[];
}

interface Target {
  readonly address: Deno.ConnectOptions;
  readonly batch: Uint8Array;
  readonly pipelined: number;
  /** Bytes of content that every response must have: as many as the first one has. */
  readonly contentLength: number;
  readonly endsAtMs: number;
}

async function main(): Promise<void> {
  const [url = "", connections, pipelined, seconds] = Deno.args;
  const { host, hostname, port, pathname } = new URL(url);
  const address = { hostname, port: Number(port) };
  const request = new TextEncoder().encode(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const contentLength = await askForLength(address, request);
  const startedAtMs = performance.now();
  const target = {
    address,
    batch: repeat(request, Number(pipelined)),
    pipelined: Number(pipelined),
    contentLength,
    endsAtMs: startedAtMs + Number(seconds) * 1_000,
  };
  const tally: Tally = { requests: 0, failures: 0, latenciesUs: [] };
  await Promise.all(Array.from({ length: Number(connections) }, () => keepAsking(target, tally)));
  const elapsedSeconds = (performance.now() - startedAtMs) / 1_000;
  const latencies = new Float64Array(tally.latenciesUs).sort();
  const percentile = (part: number): number => latencies[Math.floor((latencies.length - 1) * part)] ?? 0;
  console.log(JSON.stringify({
    requests: tally.requests,
    seconds: elapsedSeconds,
    failures: tally.failures,
    p50Us: percentile(0.5),
    p99Us: percentile(0.99),
  }));
}

async function askForLength(address: Deno.ConnectOptions, request: Uint8Array): Promise<number> {
  const connection = await Deno.connect(address);
  try {
    await connection.write(request);
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (let end = 0;;) {
      const count = await connection.read(buffer.subarray(end));
      if (count === null) throw new Error("Cannot read the first response: the connection ended");
      end += count;
      const head = parseResponseHead(buffer, 0, end);
      if (head === undefined) continue;
      if (head.contentLength === undefined) throw new Error("Cannot measure chunked responses");
      return head.contentLength;
    }
  } finally {
    connection.close();
  }
}

async function keepAsking(target: Target, tally: Tally): Promise<void> {
  try {
    const connection = await Deno.connect(target.address);
    try {
      const responses = new ResponseCounter(connection, target.contentLength);
      while (performance.now() < target.endsAtMs) {
        const sentAtMs = performance.now();
        await writeAll(connection, target.batch);
        tally.failures += await responses.count(target.pipelined);
        tally.requests += target.pipelined;
        tally.latenciesUs.push((performance.now() - sentAtMs) * 1_000);
      }
    } finally {
      connection.close();
    }
  } catch {
    tally.failures++;
  }
}

class ResponseCounter {
  readonly #connection: Deno.Conn;
  readonly #contentLength: number;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  constructor(connection: Deno.Conn, contentLength: number) {
    this.#connection = connection;
    this.#contentLength = contentLength;
  }

  /** Reads this many whole responses. @returns how many of them were wrong */
  async count(expected: number): Promise<number> {
    let failures = 0;
    for (let seen = 0; seen < expected;) {
      const head = parseResponseHead(this.#buffer, this.#start, this.#end);
      const size = head === undefined ? Infinity : head.headBytes + (head.contentLength ?? Infinity);
      if (head === undefined || this.#start + size > this.#end) {
        await this.#fill();
        continue;
      }
      if (head.status !== 200 || head.contentLength !== this.#contentLength) failures++;
      this.#start += size;
      seen++;
    }
    return failures;
  }

  async #fill(): Promise<void> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    const count = await this.#connection.read(this.#buffer.subarray(this.#end));
    if (!count) {
      throw new Error("Cannot read the response: the connection ended early or the response is too long");
    }
    this.#end += count;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

function repeat(bytes: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(bytes.length * count);
  for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at);
  return all;
}

if (import.meta.main) await main();
