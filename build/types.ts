// The declarations of what mod.ts exports. Every export has its types written out (`deno doc --lint` sees to it), so
// that each file is turned into its declarations alone, without a look at others.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = new URL("../", import.meta.url);

const COMPILER_OPTIONS: ts.CompilerOptions = {
  strict: true,
  isolatedDeclarations: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
};

/**
 * Writes declarations for an entry as `millrace.d.ts`, and for all that it refers to below `types/`.
 *
 * @param directory where to write
 * @throws {Error} when an export has no written type, or a type is one of a package, which nobody would have
 */
export async function writeTypes(entry: URL, directory: string): Promise<void> {
  const places = new Map([[entry.href, "millrace.d.ts"]]);
  for (const [href, place] of places) {
    const declarations = await declare(fileURLToPath(href));
    const text = declarations.replaceAll(/(?<=\bfrom |\bimport\()"([^"]+)"/g, (_quoted, specifier) => {
      if (!specifier.startsWith(".")) throw new Error(`Cannot declare ${href}: its types need ${specifier}`);
      const target = new URL(specifier, href);
      const targetPlace = target.href.slice(ROOT.href.length)
        .replace(/^src\//, "types/").replace(/\.ts$/, ".d.ts");
      places.set(target.href, targetPlace);
      const path = relative(dirname(place), targetPlace).replace(/\.d\.ts$/, ".js");
      return `"${path.startsWith(".") ? path : `./${path}`}"`;
    });
    await mkdir(join(directory, dirname(place)), { recursive: true });
    await writeFile(join(directory, place), text);
  }
}

async function declare(path: string): Promise<string> {
  const source = await readFile(path, "utf-8");
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: COMPILER_OPTIONS,
  });
  const [mistake] = diagnostics;
  if (mistake === undefined) return outputText;
  throw new Error(`Cannot declare ${path}: ${ts.flattenDiagnosticMessageText(mistake.messageText, "\n")}`);
}
