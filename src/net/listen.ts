import { ConnectionError } from "./connection.ts";
import type { Connection, Listener, ListenOptions, NetAddress } from "./connection.ts";

/**
 * Opens a TCP port through the adapter of the runtime at hand.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available`, `bad-certificate` or `failed`
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { tls } = options;
  // Node would open a port without a certificate, and Bun one without TLS.
  if (tls !== undefined && (tls.cert === "" || tls.key === "")) {
    throw new ConnectionError(
      "bad-certificate",
      "Cannot use the certificate: expected PEM texts, got an empty one",
    );
  }
  return (await loadAdapter()).listen(options);
}

/** Opens a plain TCP connection. @throws {ConnectionError} `refused`, `denied` or `failed` */
export async function connect(address: NetAddress): Promise<Connection> {
  return (await loadAdapter()).connect(address);
}

interface Adapter {
  readonly listen: (options: ListenOptions) => Listener | Promise<Listener>;
  readonly connect: (address: NetAddress) => Promise<Connection>;
}

// Loaded when it is needed: what one runtime has would not load on another.
async function loadAdapter(): Promise<Adapter> {
  if ("Deno" in globalThis) {
    const { connectWithDeno, listenWithDeno } = await import("./deno.ts");
    return { listen: listenWithDeno, connect: connectWithDeno };
  }
  if ("Bun" in globalThis) {
    const { connectWithBun, listenWithBun } = await import("./bun.ts");
    return { listen: listenWithBun, connect: connectWithBun };
  }
  const { connectWithNode, listenWithNode } = await import("./node.ts");
  return { listen: listenWithNode, connect: connectWithNode };
}
