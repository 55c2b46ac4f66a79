/** What deno.json says that a package.json says too. */
export interface ProjectSettings {
  readonly version: string;
  readonly license: string;
}

/** Writes the package.json of the bundle: a program, and a library with types; nothing to install beside it but for a shared store. */
export function writeManifest({ version, license }: ProjectSettings): string {
  const manifest = {
    name: "millrace",
    version,
    description: "Four small servers on one streaming HTTP core: app, static files, request trap, metrics",
    license,
    type: "module",
    bin: { millrace: "millrace.js" },
    main: "./millrace.js",
    types: "./millrace.d.ts",
    exports: {
      ".": { types: "./millrace.d.ts", default: "./millrace.js" },
      "./package.json": "./package.json",
    },
    // For --store alone, which says so when it is missing: nobody else should have to fetch it.
    peerDependencies: { "@redis/client": "^6.3.1" },
    peerDependenciesMeta: { "@redis/client": { optional: true } },
    engines: { node: ">=20", bun: ">=1.2", deno: ">=2" },
    sideEffects: false,
    files: ["millrace.js", "millrace.d.ts", "types", "THIRD_PARTY_LICENSES"],
  };
  return JSON.stringify(manifest, null, 2) + "\n";
}
