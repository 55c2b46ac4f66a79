// The declarations of the package's exports, without a check, which is the work of `deno check`.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { ENTRIES } from "./entries.ts";

const ROOT = new URL("../", import.meta.url).pathname;

const COMPILER_OPTIONS: ts.CompilerOptions = {
  declaration: true,
  emitDeclarationOnly: true,
  noCheck: true,
  strict: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  types: [],
  rootDir: ROOT,
  outDir: ROOT,
};

// Servers are for `await using`, which compilers for an older target do not know by themselves.
const DISPOSABLE = '/// <reference lib="esnext.disposable" />\n';

/**
 * Writes the declarations of the entries beside their files, and those of everything that they refer to below
 * `types/`.
 *
 * @param directory the directory to write to
 * @throws {Error} when a type comes from a package, which users would not have
 */
export async function writeTypes(directory: string): Promise<void> {
  const declarations = emitDeclarations(ENTRIES.map(({ source }) => join(ROOT, source)));
  const sources = new Set(ENTRIES.map(({ source }) => source));
  for (const source of sources) {
    const text = declarations.get(source);
    if (text === undefined) throw new Error(`Cannot declare ${source}: the compiler gave nothing`);
    const place = placeOf(source);
    const moved = text.replaceAll(/(?<=\bfrom |\bimport\()"([^"]+)"/g, (_quoted, specifier: string) => {
      if (!specifier.startsWith(".")) {
        throw new Error(`Cannot declare ${source}: its types need ${specifier}`);
      }
      const target = join(dirname(source), specifier);
      sources.add(target);
      const path = relative(dirname(place), placeOf(target)).replace(/\.d\.ts$/, ".js");
      return `"${path.startsWith(".") ? path : `./${path}`}"`;
    });
    await mkdir(join(directory, dirname(place)), { recursive: true });
    await writeFile(join(directory, place), isEntry(source) ? DISPOSABLE + moved : moved);
  }
}

/** Gives the declarations of entries and of all that they import, by path of the source below the repository. */
function emitDeclarations(entries: readonly string[]): Map<string, string> {
  const declarations = new Map<string, string>();
  ts.createProgram(entries, COMPILER_OPTIONS).emit(undefined, (path, text) => {
    declarations.set(relative(ROOT, path).replace(/\.d\.ts$/, ".ts"), text);
  });
  return declarations;
}

function isEntry(source: string): boolean {
  return ENTRIES.some((entry) => entry.source === source);
}

/** The path of a source's declarations, below the package. */
function placeOf(source: string): string {
  const entry = ENTRIES.find((each) => each.source === source);
  if (entry !== undefined) return `${entry.file}.d.ts`;
  return source.replace(/^src\//, "types/").replace(/\.ts$/, ".d.ts");
}
