// The notices that the licences of bundled packages require.

import { readFile } from "node:fs/promises";
import type { BundledPackage } from "./bundle.ts";

/**
 * Lists bundled packages, each with its copyright and its licence.
 *
 * @param ownLicence the MIT licence of this project, whose text stands for packages without a file of their
 *   own
 * @throws {Error} when a package names no licence
 */
export async function writeNotices(
  packages: readonly BundledPackage[],
  ownLicence: string,
): Promise<string> {
  const sections = await Promise.all(packages.map(async (bundled) => {
    const licence = await readLicence(bundled, ownLicence);
    return `${bundled.name} ${bundled.version}\n\n${licence.trim()}\n`;
  }));
  return ["millrace.js contains code of these packages.\n", ...sections].join(`\n${"-".repeat(72)}\n\n`);
}

async function readLicence(bundled: BundledPackage, ownLicence: string): Promise<string> {
  const { name, directory, files } = bundled;
  const file = await readFile(`${directory}LICENSE`, "utf-8").catch(() => undefined);
  if (file !== undefined) return file;
  const texts = await Promise.all(files.map((path) => readFile(directory + path, "utf-8")));
  const lines = texts.flatMap((text) => text.match(/(?<=^\/\/ )Copyright .*MIT license\.$/gm) ?? []);
  if (lines.length === 0) throw new Error(`Cannot write the notices: ${name} names no licence`);
  return ownLicence.replace(/^Copyright .*$/m, [...new Set(lines)].join("\n"));
}
