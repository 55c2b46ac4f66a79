// deno-lint-ignore-file no-console -- says why the test was skipped
import { assertEquals } from "@std/assert";
import { makeCertificate } from "../support/certificate.ts";
import { readLogUntil } from "../support/log_lines.ts";
import { withDirectory } from "../support/program.ts";
import type { CommandLine } from "./command_line.ts";

// Connections are spread over the workers: this many reach both of two, except one time in 128.
const CONNECTIONS = 8;

/**
 * Replaces the certificate of a program and sends SIGHUP: new handshakes use the new one, unless it is broken.
 *
 * @param command the program's flags, apart from those of TLS and logs
 */
export async function checkCertificateRenewal(
  startProgram: CommandLine["startProgram"],
  command: readonly string[],
): Promise<void> {
  const [first, second] = [await makeCertificate(), await makeCertificate()];
  if (first === undefined || second === undefined) {
    return console.log("skipped: the openssl command is not installed");
  }
  await withDirectory(async (directory) => {
    const [cert, key, log] = [`${directory}/c.pem`, `${directory}/k.pem`, `${directory}/e.log`];
    const write = async (certificate: { readonly cert: string; readonly key: string }): Promise<void> => {
      await Deno.writeTextFile(cert, certificate.cert);
      await Deno.writeTextFile(key, certificate.key);
    };
    await write(first);
    const flags = ["--tls-cert", cert, "--tls-key", key, "--access-log", "off", "--error-log", log];
    const program = await startProgram([...command, ...flags], { writable: [directory] });
    const count = async (): Promise<{ readonly first: number; readonly second: number }> => ({
      first: await countHandshakes(program.port, first.cert),
      second: await countHandshakes(program.port, second.cert),
    });
    assertEquals(await count(), { first: CONNECTIONS, second: 0 });
    await write(second);
    program.signal("SIGHUP");
    await readLogUntil(log, "certificate read again");
    assertEquals(await count(), { first: 0, second: CONNECTIONS });
    await Deno.writeTextFile(cert, "no certificate");
    program.signal("SIGHUP");
    await readLogUntil(log, "the old certificate stays: bad value for --tls-cert: expected a PEM file");
    assertEquals(await count(), { first: 0, second: CONNECTIONS });
    assertEquals((await program.stop()).code, 0);
  });
}

/** Counts the new connections that are served with a certificate. */
async function countHandshakes(port: number, cert: string): Promise<number> {
  let served = 0;
  for (let i = 0; i < CONNECTIONS; i++) {
    const client = Deno.createHttpClient({ caCerts: [cert] });
    try {
      await (await fetch(`https://127.0.0.1:${port}/nowhere`, { client })).body?.cancel();
      served++;
    } catch {
      // Another certificate is in use.
    } finally {
      client.close();
    }
  }
  return served;
}
