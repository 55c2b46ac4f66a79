/**
 * Runs a command of this Deno.
 *
 * @param args the words behind `deno`
 * @param directory where it runs
 * @returns what it wrote to stdout
 * @throws {Error} with what it wrote to stderr when it fails
 */
export async function runDeno(args: readonly string[], directory: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], cwd: directory });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`Cannot run deno ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
