// The certificates of a listener: checked when they are given, chosen by the name that a client asks for.

import { constants, createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { ConnectionError } from "../connection.ts";
import { toConnectionError } from "../system_error.ts";
import type { ServerCertificate, TlsOptions } from "./tls_options.ts";

interface NamedContext {
  readonly names: readonly string[];
  readonly context: SecureContext;
}

interface Contexts {
  readonly first: NamedContext;
  readonly others: readonly NamedContext[];
  readonly asksClients: boolean;
}

/** Certificates that can be replaced while connections run. */
export class ServerCertificates {
  #contexts: Contexts;

  /** @throws {ConnectionError} `bad-certificate` */
  constructor(options: TlsOptions) {
    this.#contexts = createContexts(options);
  }

  /**
   * Uses other certificates from the next handshake on.
   *
   * @throws {ConnectionError} `bad-certificate`: then the old ones stay
   */
  reload(options: TlsOptions): void {
    this.#contexts = createContexts(options);
  }

  /** The one for clients that ask for no name. */
  get context(): SecureContext {
    return this.#contexts.first.context;
  }

  /** Whether clients must show a certificate. */
  get asksClients(): boolean {
    return this.#contexts.asksClients;
  }

  /** The one for a name (SNI, RFC 6066 §3). */
  contextFor(name: string): SecureContext {
    const { first, others } = this.#contexts;
    const wanted = name.toLowerCase();
    const found = [first, ...others].find(({ names }) => names.some((pattern) => matches(pattern, wanted)));
    return (found ?? first).context;
  }
}

function createContexts(options: TlsOptions): Contexts {
  const { otherCertificates = [], clientAuthorities } = options;
  return {
    first: createContext(options, clientAuthorities),
    others: otherCertificates.map((certificate) => createContext(certificate, clientAuthorities)),
    asksClients: clientAuthorities !== undefined,
  };
}

function createContext(certificate: ServerCertificate, clientAuthorities: string | undefined): NamedContext {
  const { cert, key, passphrase } = certificate;
  try {
    const names = check(certificate);
    const context = createSecureContext({
      cert,
      key,
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
      // A client could ask for handshake after handshake on one connection, and each costs the server far
      // more than the client (only Node allows it, with TLS 1.2). Node's own limit applies to tls.Server
      // only.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    });
    return { names, context };
  } catch (cause) {
    const { message } = toConnectionError("Cannot use the certificate", cause);
    throw new ConnectionError("bad-certificate", message, { cause });
  }
}

/**
 * Deno's node:tls does not report a bad certificate before the first handshake.
 *
 * @returns the names of the certificate
 */
function check({ cert, key, passphrase }: ServerCertificate): readonly string[] {
  // Node would open a port without a certificate.
  if (cert === "" || key === "") throw new TypeError("expected PEM texts, got an empty one");
  const certificate = new X509Certificate(cert);
  const privateKey = createPrivateKey(passphrase === undefined ? key : { key, passphrase });
  if (!certificate.checkPrivateKey(privateKey)) throw new TypeError("the key belongs to another");
  const names = certificate.subjectAltName?.matchAll(/\bDNS:([^\s,"]+)/g) ?? [];
  return Array.from(names, ([, name]) => name!.toLowerCase());
}

/** RFC 6125 §6.4.3: a wildcard stands for one label, the first. */
function matches(pattern: string, name: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === name;
  const dot = name.indexOf(".");
  return dot > 0 && name.slice(dot) === pattern.slice(1);
}
