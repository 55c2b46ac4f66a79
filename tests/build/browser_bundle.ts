import { gzipSync } from "node:zlib";
import { DENO, run } from "../../build/run.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Bundles a module as a browser would get it: one ES module, minified. */
export async function bundleForBrowser(entry: URL): Promise<string> {
  return await run([DENO, "bundle", "--quiet", "--minify", "--platform", "browser", entry.pathname], ROOT);
}

/** The size of a text after gzip at its best, in bytes. */
export function gzippedBytes(text: string): number {
  return gzipSync(text, { level: 9 }).length;
}
