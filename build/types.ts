// The declarations of what mod.ts exports, without a check: that is `deno check`'s work.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

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

/**
 * Writes the declarations of mod.ts as `millrace.d.ts`, and those of all that it refers to below `types/`.
 *
 * @param directory where to write
 * @throws {Error} when a type is one of a package, which nobody would have
 */
export async function writeTypes(directory: string): Promise<void> {
  const declarations = emitDeclarations(join(ROOT, "mod.ts"));
  const sources = new Set(["mod.ts"]);
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
    await writeFile(join(directory, place), moved);
  }
}

/** Gives the declarations of an entry and of all that it imports, by path of the source below the repository. */
function emitDeclarations(entry: string): Map<string, string> {
  const declarations = new Map<string, string>();
  ts.createProgram([entry], COMPILER_OPTIONS).emit(undefined, (path, text) => {
    declarations.set(relative(ROOT, path).replace(/\.d\.ts$/, ".ts"), text);
  });
  return declarations;
}

/** Where the declarations of a source go, below the package. */
function placeOf(source: string): string {
  if (source === "mod.ts") return "millrace.d.ts";
  return source.replace(/^src\//, "types/").replace(/\.ts$/, ".d.ts");
}
