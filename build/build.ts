// Makes the npm package: `deno task build`, or `deno run --allow-all build/build.ts DIRECTORY`.

import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle, bundleLibrary } from "./bundle.ts";
import { ENTRIES } from "./entries.ts";
import { type ProjectSettings, writeManifest } from "./manifest.ts";
import { writeNotices } from "./notices.ts";
import { writeTypes } from "./types.ts";

const ROOT = new URL("../", import.meta.url);

/** Makes the package in a directory, whose other files stay unchanged. */
export async function build(directory: string): Promise<void> {
  await rm(join(directory, "types"), { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const licence = await readFile(new URL("LICENSE", ROOT), "utf-8");
  const settings: ProjectSettings = JSON.parse(await readFile(new URL("deno.json", ROOT), "utf-8"));
  const [packages] = await Promise.all([
    bundle(new URL("mod.ts", ROOT), join(directory, "millrace.js")),
    ...ENTRIES.map(({ source, file }) => bundleLibrary(new URL(source, ROOT), join(directory, `${file}.js`))),
    writeTypes(directory),
    writeFile(join(directory, "package.json"), writeManifest(settings)),
    copyFile(new URL("build/README.md", ROOT), join(directory, "README.md")),
    copyFile(new URL("LICENSE", ROOT), join(directory, "LICENSE")),
  ]);
  await writeFile(join(directory, "THIRD_PARTY_LICENSES"), await writeNotices(packages, licence));
}

if (import.meta.main) await build(Deno.args[0] ?? new URL("dist", ROOT).pathname);
