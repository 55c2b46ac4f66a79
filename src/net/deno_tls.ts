// TLS on Deno goes through its node:tls. A Deno.TlsConn whose handshake is not complete, or whose peer takes nothing, keeps
// its descriptor after close() until the peer leaves (Deno 2.9.6): clients that say nothing could take all of them, and
// no time-out would help. Small answers cost as much this way, a megabyte a quarter more.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { ConnectionError, type Listener } from "./connection.ts";
import type { ListenOptions } from "./listen_options.ts";
import { listenWithNode } from "./node.ts";

/**
 * Opens a port for TLS with Deno.
 *
 * @throws {ConnectionError} `in-use`, `denied`, `not-available`, `bad-certificate` or `failed`
 */
export async function listenTlsWithDeno(options: ListenOptions): Promise<Listener> {
  if (options.tls !== undefined) checkCertificate(options.tls);
  return await listenWithNode(options);
}

// Deno's node:tls says nothing of a bad certificate before the first handshake.
function checkCertificate({ cert, key }: NonNullable<ListenOptions["tls"]>): void {
  let belongTogether: boolean;
  try {
    belongTogether = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectionError("bad-certificate", `Cannot use the certificate: ${state}`, { cause });
  }
  if (!belongTogether) {
    throw new ConnectionError("bad-certificate", "Cannot use the certificate: the key belongs to another");
  }
}
