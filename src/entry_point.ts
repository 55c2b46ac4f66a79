// The file of the program in the repository and in the package. Another file is a bundle of some other
// program: for the runtime it is the same module, but it must not start ours.
const PROGRAM_FILE = /\/(mod\.ts|millrace\.js)$/;

/**
 * Whether a module was started by the runtime, as the program or in a worker, and not imported by another
 * one.
 *
 * @param meta the module's own `import.meta`
 */
export async function isEntryPoint(meta: ImportMeta): Promise<boolean> {
  if (!PROGRAM_FILE.test(new URL(meta.url).pathname)) return false;
  if (meta.main || "Deno" in globalThis) return meta.main;
  // Node does not tell before 24.2, and Bun says no in a worker; both name the file that they were told to
  // run.
  const [{ createRequire }, { argv }, { fileURLToPath }] = await Promise.all([
    import("node:module"),
    import("node:process"),
    import("node:url"),
  ]);
  return resolveProgram(createRequire(meta.url), argv[1]) === fileURLToPath(meta.url);
}

/** The file that Node loads for a word of its command line: a link in `node_modules/.bin`, a folder, a name. */
function resolveProgram({ resolve }: NodeJS.Require, word: string | undefined): string | undefined {
  try {
    return word === undefined ? undefined : resolve(word);
  } catch {
    return undefined;
  }
}
