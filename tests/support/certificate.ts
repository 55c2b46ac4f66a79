import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A self-signed certificate for 127.0.0.1 as PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const WORDS = [
  ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split(
    " ",
  ),
  ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
  // An end-entity certificate: TLS clients take no authority for a server.
  ...["-addext", "basicConstraints=critical,CA:FALSE"],
];

/** Makes a certificate with the openssl command, on any runtime. @returns undefined where that is not installed */
export async function makeCertificate(): Promise<Certificate | undefined> {
  const directory = await mkdtemp(join(tmpdir(), "millrace-tls-"));
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  try {
    await promisify(execFile)("openssl", [...WORDS, "-keyout", key, "-out", cert]);
    return { cert: await readFile(cert, "utf-8"), key: await readFile(key, "utf-8") };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}
