// The bundle that the binaries are made from, and their destination.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundle } from "./bundle.ts";

const ROOT = new URL("../", import.meta.url);

/** The path of a binary: the one on the command line, otherwise dist/millrace. */
export function binaryPath([path]: readonly string[]): string {
  return resolve(path ?? new URL("dist/millrace", ROOT).pathname);
}

/** Bundles the program as `millrace.js` in a new folder, which is removed after `use`. */
export async function withBundle(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "millrace-compile-"));
  try {
    await bundle(new URL("mod.ts", ROOT), join(directory, "millrace.js"));
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
