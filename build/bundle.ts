// One ES module of everything that an entry imports, npm packages, JSON and text files included.

import { chmod, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { DENO, run } from "./run.ts";

/** An npm package with code in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder, with a slash at the end. */
  readonly directory: string;
  /** Paths of the bundled files, below the directory. */
  readonly files: readonly string[];
}

const ROOT = new URL("../", import.meta.url).pathname;
// Node and Bun ignore the line; it makes the file itself a program.
const SHEBANG = "#!/usr/bin/env node\n";
// The import by which mod.ts loads the program, and the one of the package's library: the file next to it.
const LOADS_PROGRAM = 'await import("./src/main.ts")';
const LOADS_FILE = '{ main: async (_module, words) => (await import("./millrace.js")).main(words) }';

/**
 * Writes an executable ES module that needs no other file.
 *
 * @param entry the module to begin with
 * @param output path of the file to write
 * @returns the packages that went in, by name
 * @throws {Error} with the bundler's message when it fails
 */
export async function bundle(entry: URL, output: string): Promise<BundledPackage[]> {
  const text = await run([DENO, "bundle", "--quiet", "--platform", "deno", entry.pathname], ROOT);
  const { code, packages } = await nameOrigins(text);
  await writeFile(output, SHEBANG + code);
  await chmod(output, 0o755);
  return packages;
}

/**
 * Writes an ES module of a library. The program, if the entry loads it, is `millrace.js` beside the file.
 *
 * @returns the packages that went in, by name
 * @throws {Error} with the bundler's message when it fails
 */
export async function bundleLibrary(entry: URL, output: string): Promise<BundledPackage[]> {
  const words = ["--quiet", "--platform", "deno", "--external=./src/main.ts", entry.pathname];
  const { code, packages } = await nameOrigins(await run([DENO, "bundle", ...words], ROOT));
  const library = code.replace(LOADS_PROGRAM, LOADS_FILE);
  if (library.includes('src/main.ts")')) throw new Error(`Cannot bundle ${entry}: it loads the program`);
  await writeFile(output, library);
  return packages;
}

async function nameOrigins(text: string): Promise<{ code: string; packages: BundledPackage[] }> {
  const { npmCache } = JSON.parse(await run([DENO, "info", "--json"], ROOT)) as { npmCache: string };
  return renamePackages(text, npmCache);
}

/** Names modules of packages `npm:NAME@VERSION/FILE`, where the bundler wrote their path on this machine. */
function renamePackages(text: string, npmCache: string): { code: string; packages: BundledPackage[] } {
  const files = new Map<string, Set<string>>();
  const directories = new Map<string, string>();
  const cache = `${relative(ROOT, npmCache)}/`;
  const pattern = new RegExp(
    `(?<=^\\s*(?:// |"))${RegExp.escape(cache)}([^/"\\n]+)/((?:@[^/]+/)?[^/]+)/([^/]+)/([^"\\n]+)`,
    "gm",
  );
  const code = text.replaceAll(pattern, (_place, registry, name, version, file) => {
    const specifier = `${name}@${version}`;
    directories.set(specifier, `${npmCache}/${registry}/${name}/${version}/`);
    files.set(specifier, (files.get(specifier) ?? new Set()).add(file));
    return `npm:${specifier}/${file}`;
  });
  const packages = Array.from(files, ([specifier, paths]): BundledPackage => {
    const at = specifier.lastIndexOf("@");
    return {
      name: specifier.slice(0, at),
      version: specifier.slice(at + 1),
      directory: directories.get(specifier)!,
      files: [...paths],
    };
  });
  return { code, packages: packages.sort((a, b) => a.name < b.name ? -1 : 1) };
}
