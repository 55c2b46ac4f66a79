// The layers of src: what a file may import, and what no file may do.

import { assertEquals } from "@std/assert";

interface SourceFile {
  /** Path below src, with slashes. */
  readonly path: string;
  /** The text as it is. */
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
}

// The folders of src from the ground up. A file may import from its own folder and from floors below it.
const FLOORS: readonly string[] = [
  "base",
  "bytes",
  "net",
  "storage",
  "http",
  "log",
  "backend",
  "serving",
  "program",
  "servers",
  "",
];

// The folders inside a floor have an order too: a folder may import what stands to the left of it.
const INNER_FLOORS: Readonly<Record<string, readonly string[]>> = {
  http: ["http", "http/tokens", "http/request", "http/response"],
  program: ["program/flags", "program/admin", "program/page/client", "program/page", "program"],
  backend: ["backend/pages", "backend", "backend/middleware", "backend/fetch"],
};

const KNOWS_RUNTIME = /^(net\/|base\/event_loop\.ts$|program\/workers\/|main\.ts$|entry_point\.ts$)/;
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
  // A slash after a colon is part of a URL.
  const code = text.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(?<!:)\/\/.*$/gm, "");
  return { path: url.href.slice(root.href.length), text, code };
}

/** The folder of a path below src; "" for the program's own files. */
function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}

/** The floor of a file, from the ground up; -1 if its folder is unknown. */
function floorOf(path: string): number {
  return FLOORS.indexOf(folderOf(path).split("/")[0]!);
}

/** Why a file may not import another, or undefined. */
function breachOf(from: string, to: string): string | undefined {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  if (fromFolder === toFolder) return undefined;
  if (floorOf(to) > floorOf(from)) return "upward";
  if (floorOf(to) < floorOf(from)) return undefined;
  const [floor, fromServer] = fromFolder.split("/");
  if (floor === "servers") return toFolder.split("/")[1] === fromServer ? undefined : "another server";
  const inner = INNER_FLOORS[floor!];
  if (inner === undefined) return undefined;
  return innerFloorOf(toFolder, inner) <= innerFloorOf(fromFolder, inner)
    ? undefined
    : "upward within the floor";
}

/** The place of a folder in the order inside its floor; folders below a listed one have its place. */
function innerFloorOf(folder: string, inner: readonly string[]): number {
  if (folder === "" || inner.includes(folder)) return inner.indexOf(folder);
  return innerFloorOf(folder.split("/").slice(0, -1).join("/"), inner);
}

/** The files that import each other in a circle, one path for each circle. */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      return void circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    }
    if (finished.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return circles;
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

Deno.test("every folder of src is a floor", async () => {
  const strangers = (await readSources()).filter(({ path }) => floorOf(path) < 0);
  assertEquals(strangers.map(({ path }) => `unknown folder: ${folderOf(path)}`), []);
});

Deno.test("imports go downward only, and no server imports another", async () => {
  const breaches: string[] = [];
  for (const file of await readSources()) {
    for (const imported of importsOf(file)) {
      const breach = breachOf(file.path, imported);
      if (breach !== undefined) breaches.push(`${file.path} imports ${imported}: ${breach}`);
    }
  }
  assertEquals(breaches, []);
});

Deno.test("no files import each other in a circle, not even types", async () => {
  const graph = new Map((await readSources()).map((file) => [file.path, importsOf(file)]));
  assertEquals(findCircles(graph), []);
});

Deno.test("breachOf() and findCircles() find what they look for", () => {
  assertEquals(breachOf("http/errors.ts", "serving/serve.ts"), "upward");
  assertEquals(breachOf("servers/app/a.ts", "servers/trap/b.ts"), "another server");
  assertEquals(breachOf("http/tokens/a.ts", "http/request/b.ts"), "upward within the floor");
  assertEquals(breachOf("serving/serve.ts", "http/errors.ts"), undefined);
  assertEquals(findCircles(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), ["b -> c -> b"]);
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

Deno.test("the names of runtimes appear only in net, workers, main, the entry point and the event loop", async () => {
  const files = (await readSources()).filter(({ path }) => !KNOWS_RUNTIME.test(path));
  assertEquals(findLines(files, /\bDeno\.|\bBun\.|"node:(net|tls|process|cluster)"|\bprocess\./), []);
});

Deno.test("nothing in src touches the console object, except to print an unhandled error", async () => {
  const files = (await readSources()).filter(({ path }) => path !== "base/print_error.ts");
  assertEquals(findLines(files, /\bconsole\./), []);
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
    !/^(?:program|servers\/\w+)\/page\/client\//.test(path) || !text.startsWith("// @ts-check\n")
  );
  assertEquals(strangers.map(({ path }) => path), []);
  const makers =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\(|srcdoc|javascript:/;
  assertEquals(findLines(scripts, makers), []);
});
