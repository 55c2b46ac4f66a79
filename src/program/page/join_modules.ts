// Joins the modules of the page into one script. Forty small files would be requested one after another, and
// compress worse than one. Only the forms of import and export that our own modules have are understood.

const COMMENT_LINES = /^[ \t]*(?:\/\*(?:(?!\*\/)[^])*\*\/|\/\/.*)[ \t]*\n/gm;
const IMPORT = /^import (\{[^}]*\}|\w+) from "([^"]+)";\n/gm;
const EXPORT_LIST = /^export \{([^}]*)\};\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const) (\w+))/gm;

/** One module: its imports, its exports, and its text without both. */
interface ParsedModule {
  readonly imports: readonly { readonly what: string; readonly from: string }[];
  readonly exports: readonly string[];
  readonly body: string;
}

/**
 * Joins modules: each becomes a function of its own after those that it imports, so equal names do not clash.
 * Comments that stand on lines of their own are left out.
 *
 * @param modules texts by file name
 * @param entry the module to run
 * @param packages paths by the specifiers of packages, which stay imports
 * @throws {TypeError} for an unknown form, a missing module, and modules that need each other
 */
export function joinModules(
  modules: ReadonlyMap<string, string>,
  entry: string,
  packages: ReadonlyMap<string, string>,
): string {
  const imports: string[] = [];
  const parts: string[] = [];
  const states = new Map<string, "begun" | "done">();
  const add = (name: string): void => {
    if (states.get(name) === "done") return;
    if (states.has(name)) throw new TypeError(`Cannot join modules: "${name}" needs itself`);
    states.set(name, "begun");
    const text = modules.get(name);
    if (text === undefined) {
      throw new TypeError(`Cannot join modules: "${name}" is missing: expected a line in client_modules.ts`);
    }
    const module = parseModule(text, name);
    const bindings: string[] = [];
    for (const { what, from } of module.imports) {
      const path = packages.get(from);
      if (path === undefined) add(fileName(from));
      if (path === undefined) bindings.push(`const ${what} = ${variableOf(fileName(from))};\n`);
      else imports.push(`import ${what} from "${path}";\n`);
    }
    const given = `return { ${module.exports.join(", ")} };\n`;
    parts.push(`const ${variableOf(name)} = (() => {\n${bindings.join("")}${module.body}${given}})();\n`);
    states.set(name, "done");
  };
  add(entry);
  return imports.join("") + parts.join("");
}

/** Leaves out comments that stand on lines of their own, in JavaScript and CSS; no literal of ours looks like one. */
export function withoutComments(text: string): string {
  return text.replace(COMMENT_LINES, "").replace(/\n{2,}/g, "\n");
}

function parseModule(text: string, name: string): ParsedModule {
  const imports: { what: string; from: string }[] = [];
  const exports: string[] = [];
  const body = withoutComments(text)
    .replace(IMPORT, (_, what: string, from: string) => (imports.push({ what, from }), ""))
    .replace(EXPORT_LIST, (_, names: string) => (exports.push(...names.split(",").map((n) => n.trim())), ""))
    .replace(EXPORT, (_, exported: string) => (exports.push(exported), ""));
  const unknown = /^(?:import|export)\b.*$/m.exec(body);
  if (unknown !== null) throw new TypeError(`Cannot join modules: "${name}" has ${unknown[0]}`);
  return { imports, exports, body };
}

/** The last part of a path: no two modules of a page have the same file name. */
function fileName(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf("/") + 1);
}

function variableOf(name: string): string {
  return `module_${name.replace(/\W/g, "_")}`;
}
