/** A self-signed certificate for 127.0.0.1 as PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate with the openssl command. @returns undefined where that is not installed */
export async function makeCertificate(): Promise<Certificate | undefined> {
  const directory = await Deno.makeTempDir({ prefix: "millrace-tls-" });
  try {
    const { success } = await new Deno.Command("openssl", {
      args: [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
        ],
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        // An end-entity certificate: TLS clients take no authority for a server.
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-keyout", `${directory}/key.pem`, "-out", `${directory}/cert.pem`],
      ],
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) return undefined;
    return {
      cert: await Deno.readTextFile(`${directory}/cert.pem`),
      key: await Deno.readTextFile(`${directory}/key.pem`),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
