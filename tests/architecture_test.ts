// The house as design.md draws it: what a file may import, and what no file may do.

import { assertEquals } from "@std/assert";

interface SourceFile {
  /** Path below src, with slashes. */
  readonly path: string;
  /** The text as it is. */
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
}

// From the ground up. What stands in one row may not import each other, save for files of the same unit.
const FLOORS: readonly (readonly string[])[] = [
  ["bytes", "net", "sqlite"],
  ["http"],
  ["log"],
  ["backend"],
  ["serving"],
  ["servers/app", "servers/static", "servers/trap", "servers/metrics"],
  ["main.ts", "entry_point.ts"],
];

const SERVING = [
  "clock.ts",
  "deadlines.ts",
  "end_of_turn.ts",
  "fair_turns.ts",
  "overload.ts",
  "rare_notice.ts",
  "served_context.ts",
  "served_stream.ts",
  "serve_options.ts",
  "timed_connection.ts",
  "serve_connection.ts",
  "serve.ts",
  "workers.ts",
  "worker_pool.ts",
  "worker_slot.ts",
  "flags.ts",
  "command.ts",
  "log_targets.ts",
];

const KNOWS_RUNTIME = /^(net\/|workers\.ts$|main\.ts$|entry_point\.ts$)/;
const IMPORT = /^(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

const root = new URL("../src/", import.meta.url);

async function readSources(directory: URL = root): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) files.push(...await readSources(new URL(`${name}/`, directory)));
    else if (/\.[jt]s$/.test(name)) files.push(await readSource(new URL(name, directory)));
  }
  return files;
}

async function readSource(url: URL): Promise<SourceFile> {
  const text = await Deno.readTextFile(url);
  // A slash behind a colon is part of a URL.
  const code = text.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(?<!:)\/\/.*$/gm, "");
  return { path: url.href.slice(root.href.length), text, code };
}

/** The unit that a file belongs to: a folder, a server, or the files of serving. */
function unitOf(path: string): string {
  if (SERVING.includes(path)) return "serving";
  if (path.startsWith("servers/")) return path.split("/").slice(0, 2).join("/");
  return path.split("/")[0]!;
}

function floorOf(unit: string): number {
  return FLOORS.findIndex((units) => units.includes(unit));
}

/** The files of src that a file imports, as paths below src. */
function importsOf({ path, code }: SourceFile): string[] {
  const specifiers = Array.from(code.matchAll(IMPORT), (match) => (match[1] ?? match[2] ?? match[3])!);
  const here = new URL(path, root);
  return specifiers.filter((specifier) => specifier.startsWith("."))
    .map((specifier) => new URL(specifier, here).href)
    .filter((href) => href.startsWith(root.href))
    .map((href) => href.slice(root.href.length));
}

/** Lines of code that match, as `path: line`. */
function findLines(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, code }) =>
    code.split("\n").filter((line) => pattern.test(line)).map((line) => `${path}: ${line.trim()}`)
  );
}

Deno.test("every file of src belongs to a floor", async () => {
  const strangers = (await readSources()).map(({ path }) => path).filter((path) => floorOf(unitOf(path)) < 0);
  assertEquals(strangers, []);
});

Deno.test("imports go downward only, and no server imports another", async () => {
  const breaches: string[] = [];
  for (const file of await readSources()) {
    for (const imported of importsOf(file)) {
      const [from, to] = [unitOf(file.path), unitOf(imported)];
      if (from !== to && floorOf(to) >= floorOf(from)) breaches.push(`${file.path} imports ${imported}`);
    }
  }
  assertEquals(breaches, []);
});

Deno.test("http and bytes know nothing of connections", async () => {
  const breaches = (await readSources()).filter(({ path }) => /^(http|bytes)\//.test(path))
    .flatMap((file) =>
      importsOf(file).filter((path) => path.startsWith("net/")).map((path) => `${file.path}: ${path}`)
    );
  assertEquals(breaches, []);
});

Deno.test("importsOf() finds every way to import", () => {
  const code = 'import { a } from "./a.ts";\nimport type {\n  B,\n} from "../net/b.ts";\nimport "./c.ts";\n' +
    'export { d } from "./d.ts";\nconst e = await import("./e.ts");\nimport f from "node:fs";\n';
  assertEquals(importsOf({ path: "http/x.ts", text: code, code }), [
    "http/a.ts",
    "net/b.ts",
    "http/c.ts",
    "http/d.ts",
    "http/e.ts",
  ]);
});

Deno.test("the names of runtimes appear in net, workers and main only", async () => {
  const files = (await readSources()).filter(({ path }) => !KNOWS_RUNTIME.test(path));
  assertEquals(findLines(files, /\bDeno\.|\bBun\.|"node:(net|tls|process|cluster)"|\bprocess\./), []);
});

Deno.test("nothing in src touches the console object", async () => {
  assertEquals(findLines(await readSources(), /\bconsole\./), []);
});

Deno.test("no file of src has a default export or the type any", async () => {
  const files = await readSources();
  assertEquals(findLines(files, /^export default\b|\bas default\b/), []);
  assertEquals(findLines(files, /(?:[:<|&(,]|=>|\bas\b)\s*any\b(?![\w ]*")/), []);
});

Deno.test("files of src are shorter than 300 lines", async () => {
  const long = (await readSources()).filter(({ text }) => text.split("\n").length > 300).map(({ path }) =>
    path
  );
  assertEquals(long, []);
});

Deno.test("JavaScript is for browsers only, checked like TypeScript, and makes no code or markup out of text", async () => {
  const scripts = (await readSources()).filter(({ path }) => path.endsWith(".js"));
  const strangers = scripts.filter(({ path, text }) =>
    !path.startsWith("servers/trap/page/client/") || !text.startsWith("// @ts-check\n")
  );
  assertEquals(strangers.map(({ path }) => path), []);
  const makers =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\(|srcdoc|javascript:/;
  assertEquals(findLines(scripts, makers), []);
});
