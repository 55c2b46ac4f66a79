import { basename } from "node:path";
import { bundle } from "../../build/bundle.ts";
import { type Program, ROOT, runCommand, startCommand } from "../support/program.ts";

const PROGRAM = new URL("../../mod.ts", import.meta.url);
const bundles = new Map<string, Promise<string>>();

/**
 * Makes one module of an entry that every runtime can run, once for the tests of a file.
 *
 * @param entry a module of this repository; by default the entry of `deno task build`
 * @returns path of the bundle, which is removed when the tests of the file are done
 */
export function bundled(entry: URL = PROGRAM): Promise<string> {
  const known = bundles.get(entry.href);
  if (known !== undefined) return known;
  const directory = Deno.makeTempDirSync({ prefix: "millrace-bundle-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  const path = `${directory}/${entry === PROGRAM ? "millrace" : basename(entry.pathname, ".ts")}.js`;
  // Without it, Node 20 does not take a .js file for an ES module.
  Deno.writeTextFileSync(`${directory}/package.json`, '{"type":"module"}');
  const made = bundle(entry, path).then(() => path);
  bundles.set(entry.href, made);
  return made;
}

/** Starts a module of this repository as a server that prints a ready line: on Deno as it is, elsewhere bundled. */
export async function startScript(
  entry: URL,
  binary: string,
  args: readonly string[] = [],
): Promise<Program> {
  return await startCommand(await scriptCommand(entry, binary, args));
}

/**
 * Runs a module of this repository to its end.
 *
 * @returns its stdout
 * @throws {Error} with its stderr when it failed
 */
export async function runScript(
  entry: URL,
  binary: string,
  args: readonly string[] = [],
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(await scriptCommand(entry, binary, args));
  if (code !== 0) throw new Error(`Cannot run ${entry.pathname}: code ${code}, ${stderr}`);
  return stdout;
}

async function scriptCommand(entry: URL, binary: string, args: readonly string[]): Promise<Deno.Command> {
  const words = binary === Deno.execPath()
    ? ["run", "--allow-all", `--config=${ROOT}deno.json`, entry.pathname]
    : [await bundled(entry)];
  return new Deno.Command(binary, {
    args: [...words, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}
