import { ENTRIES } from "./entries.ts";

/** The fields of deno.json that a package.json has too. */
export interface ProjectSettings {
  readonly version: string;
  readonly license: string;
}

/** Writes the package.json of the bundle: a program and a typed library. Only a shared store needs another package. */
export function writeManifest({ version, license }: ProjectSettings): string {
  const manifest = {
    name: "millrace",
    version,
    description: "Four small servers on one streaming HTTP core: app, static files, request trap, metrics",
    license,
    type: "module",
    keywords: [
      "http",
      "server",
      "static",
      "file-server",
      "request-bin",
      "metrics",
      "tcp",
      "streaming",
      "parser",
      "cli",
    ],
    repository: { type: "git", url: "git+https://github.com/millrace/millrace.git" },
    bin: { millrace: "millrace.js" },
    main: "./library.js",
    types: "./library.d.ts",
    exports: {
      ...Object.fromEntries(ENTRIES.map(({ subpath, file }) => [subpath, fileOf(file)])),
      "./package.json": "./package.json",
    },
    // Only --store needs it, and says so if it is missing, so that other users need not fetch it.
    peerDependencies: { "@redis/client": "^6.3.1" },
    peerDependenciesMeta: { "@redis/client": { optional: true } },
    engines: { node: ">=20", bun: ">=1.2", deno: ">=2" },
    sideEffects: ["./millrace.js"],
    files: [
      "millrace.js",
      ...ENTRIES.flatMap(({ file }) => [`${file}.js`, `${file}.d.ts`]),
      "types",
      "THIRD_PARTY_LICENSES",
    ],
  };
  return JSON.stringify(manifest, null, 2) + "\n";
}

function fileOf(file: string): { readonly types: string; readonly default: string } {
  return { types: `./${file}.d.ts`, default: `./${file}.js` };
}
