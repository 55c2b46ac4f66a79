/** This Deno. */
export const DENO: string = Deno.execPath();

/**
 * Runs a command to its end.
 *
 * @param words the command and its arguments
 * @param directory the working directory
 * @returns its stdout
 * @throws {Error} with its stderr when it fails
 * @throws {Deno.errors.NotFound} when there is no such command
 */
export async function run(words: readonly string[], directory: string): Promise<string> {
  const [command, ...args] = words;
  const { success, stdout, stderr } = await new Deno.Command(command!, { args, cwd: directory }).output();
  if (!success) throw new Error(`Cannot run ${words.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
