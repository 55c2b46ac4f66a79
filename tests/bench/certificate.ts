/** Makes a certificate for localhost that only the benchmark trusts, as files. @param folder where they are written */
export async function makeCertificate(
  folder: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const files = { cert: `${folder}/cert.pem`, key: `${folder}/key.pem` };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const args = ["req", "-x509", ...curve, "-subj", "/CN=localhost", "-days", "2"];
  const made = await new Deno.Command("openssl", {
    args: [...args, "-keyout", files.key, "-out", files.cert],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!made.success) throw new Error("Cannot make a certificate: openssl failed");
  return files;
}
