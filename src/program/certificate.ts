import { readFile } from "node:fs/promises";
import type { ListenOptions } from "../net/listen_options.ts";
import type { TlsOptions } from "../net/tls/tls_options.ts";
import type { CommonValues } from "./flags/common_flags.ts";
import { UsageError } from "./flags/flag.ts";

/**
 * Reads the files of `--tls-cert` and `--tls-key`.
 *
 * @returns nothing to add when there are none
 * @throws {UsageError} for one without the other, or one that cannot be read
 */
export async function readCertificate(
  values: Pick<CommonValues, "tls-cert" | "tls-key">,
): Promise<Pick<ListenOptions, "tls">> {
  const { "tls-cert": cert, "tls-key": key } = values;
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined) throw new UsageError("missing --tls-cert: expected it together with --tls-key");
  if (key === undefined) throw new UsageError("missing --tls-key: expected it together with --tls-cert");
  return { tls: { cert: await readPem("tls-cert", cert), key: await readPem("tls-key", key) } };
}

/** Checks a certificate without using it. @throws {ConnectionError} `bad-certificate` */
export async function checkCertificate(tls: TlsOptions): Promise<void> {
  const { ServerCertificates } = await import("../net/tls/server_certificates.ts");
  new ServerCertificates(tls);
}

async function readPem(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf-8");
  } catch (cause) {
    const state = `expected a readable PEM file, got ${JSON.stringify(path)}`;
    throw new UsageError(`bad value for --${flag}: ${state}`, { cause });
  }
}
