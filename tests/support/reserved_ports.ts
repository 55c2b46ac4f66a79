// Ports for programs that cannot choose free ones by themselves.

// Below the ports that Linux gives to clients, so that no connection takes one of them meanwhile.
const FIRST_PORT = 20_100;
const BLOCK_PORTS = 20;
const BLOCKS = 600;

/** Ports of 127.0.0.1 that nobody else reserves. */
export interface ReservedPorts {
  /** The ports, all free. */
  readonly ports: readonly number[];
  /** Gives them back. */
  release(): void;
}

/**
 * Reserves ports. The port before them stays taken, which keeps other test processes from reserving the same ones.
 *
 * @param count at most 19
 * @throws {Error} there are none
 */
export function reservePorts(count: number): ReservedPorts {
  const first = Math.floor(Math.random() * BLOCKS);
  for (let block = 0; block < BLOCKS; block++) {
    const mark = FIRST_PORT + (first + block) % BLOCKS * BLOCK_PORTS;
    const listener = tryListen(mark);
    if (listener === undefined) continue;
    const ports = Array.from({ length: count }, (_, index) => mark + 1 + index);
    if (ports.every(isFree)) return { ports, release: () => listener.close() };
    listener.close();
  }
  throw new Error(`Cannot reserve ${count} ports: none are free`);
}

/** A port of 127.0.0.1 without a listener now, and with none on the port after it. */
export function findFreePort(): number {
  const { ports: [port], release } = reservePorts(2);
  release();
  return port!;
}

function isFree(port: number): boolean {
  const listener = tryListen(port);
  listener?.close();
  return listener !== undefined;
}

function tryListen(port: number): Deno.Listener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}
