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

/** The properties of a certificate. */
export interface CertificateOptions {
  /** Its name; default localhost. */
  readonly name?: string;
  /** Another name; a wildcard may cover it. */
  readonly other?: string;
  /** The passphrase that encrypts the key. */
  readonly passphrase?: string;
}

function wordsFor({ name = "localhost", other = name }: CertificateOptions): string[] {
  return [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -nodes".split(" "),
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=IP:127.0.0.1,DNS:${name},DNS:${other}`],
    // An end-entity certificate, because TLS clients do not accept an authority as a server.
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
  ];
}

/** Makes a certificate with the openssl command, on any runtime. @returns undefined if that is not installed */
export async function makeCertificate(options: CertificateOptions = {}): Promise<Certificate | undefined> {
  const { passphrase } = options;
  const run = promisify(execFile);
  const directory = await mkdtemp(join(tmpdir(), "millrace-tls-"));
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  try {
    await run("openssl", [...wordsFor(options), "-keyout", key, "-out", cert]);
    // The command above would encrypt the key with DES, and Deno does not know that.
    const lock = ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", key, "-out", `${key}.locked`];
    if (passphrase !== undefined) await run("openssl", [...lock, "-passout", `pass:${passphrase}`]);
    return {
      cert: await readFile(cert, "utf-8"),
      key: await readFile(passphrase === undefined ? key : `${key}.locked`, "utf-8"),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  } finally {
    await rm(directory, { recursive: true });
  }
}
