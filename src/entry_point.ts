/**
 * Whether a module is what the runtime was told to run, and not one that another imports.
 *
 * @param meta the module's own `import.meta`
 */
export async function isEntryPoint(meta: ImportMeta): Promise<boolean> {
  // Deno, Bun and Node from 24.2 on say it.
  if (meta.main !== undefined) return meta.main;
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
