import { readFile } from "node:fs/promises";
import type { ListenOptions } from "../net/listen_options.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import type { CommonValues } from "./flags/common_flags.ts";
import { UsageError } from "./flags/flag.ts";

interface PemKind {
  readonly name: string;
  readonly first: RegExp;
}

// The first lines of PEM texts (RFC 7468 §5, §10), those of older programs among them.
const CERTIFICATE: PemKind = { name: "certificate", first: /-----BEGIN [A-Z0-9 ]{0,20}CERTIFICATE-----/ };
const PRIVATE_KEY: PemKind = { name: "private key", first: /-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY-----/ };

/**
 * Reads the files of `--tls-cert` and `--tls-key`.
 *
 * @returns nothing to add when there are none
 * @throws {UsageError} for one without the other, one that cannot be read, or one without a certificate or key
 */
export async function readCertificate(
  values: Pick<CommonValues, "tls-cert" | "tls-key">,
): Promise<Pick<ListenOptions, "tls">> {
  const { "tls-cert": cert, "tls-key": key } = values;
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined) throw new UsageError("missing --tls-cert: expected it together with --tls-key");
  if (key === undefined) throw new UsageError("missing --tls-key: expected it together with --tls-cert");
  return {
    tls: {
      cert: await readPem("tls-cert", cert, CERTIFICATE),
      key: await readPem("tls-key", key, PRIVATE_KEY),
    },
  };
}

/** Checks a certificate without using it. @throws {ConnectionError} `bad-certificate` */
export async function checkCertificate(tls: TlsOptions): Promise<void> {
  const { ServerCertificates } = await import("../net/tls/server_certificates.ts");
  new ServerCertificates(tls);
}

async function readPem(flag: string, path: string, kind: PemKind): Promise<string> {
  const bad = (expected: string, cause?: unknown): UsageError =>
    new UsageError(`bad value for --${flag}: expected ${expected}, got ${JSON.stringify(path)}`, { cause });
  let pem: string;
  try {
    pem = await readFile(path, "utf-8");
  } catch (cause) {
    throw bad("a readable PEM file", cause);
  }
  if (!kind.first.test(pem)) throw bad(`a PEM file with a ${kind.name}`);
  return pem;
}
