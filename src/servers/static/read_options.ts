import { readdir, realpath } from "node:fs/promises";
import { SYSTEM_CLOCK } from "../../base/clock.ts";
import type { CommonValues } from "../../program/flags/common_flags.ts";
import { type FlagValues, UsageError } from "../../program/flags/flag.ts";
import type { STATIC_FLAGS } from "./flags.ts";
import { DocumentRoot } from "./disk/document_root.ts";
import type { StaticOptions } from "./options.ts";
import { parseFilePath } from "./resources/url_path.ts";

/**
 * Makes options of flags, and looks whether the folder and the files that they name are there.
 *
 * @throws {UsageError} when one is missing or cannot be read
 */
export async function readStaticOptions(
  values: FlagValues<typeof STATIC_FLAGS> & Pick<CommonValues, "access-log" | "error-log">,
): Promise<StaticOptions> {
  const { root, spa, "not-found": notFound } = values;
  try {
    await readdir(root);
  } catch (cause) {
    throw new UsageError(`bad value for --root: expected a readable folder, got ${JSON.stringify(root)}`, {
      cause,
    });
  }
  const options: StaticOptions = {
    root,
    index: values.index,
    symlinks: values.symlinks,
    dotfiles: values.dotfiles,
    listing: values.listing,
    spa,
    notFound,
    cors: values.cors,
    cacheControl: values["cache-control"] ?? [],
    fields: values.header ?? [],
    auth: values.auth,
    compress: values.compress,
    precompressed: values.precompressed,
    cleanUrls: values["clean-urls"],
    types: values.type ?? [],
    hidden: [],
    charset: values.charset,
    liveReload: values["live-reload"],
    unwatched: await findLogs(values),
  };
  if (spa !== undefined) await checkFile(options, "spa", spa);
  if (notFound !== undefined) await checkFile(options, "not-found", notFound);
  return options;
}

/** Where the logs are, if they are files: a page that is loaded again for what it has logged is so for ever. */
async function findLogs(
  { "access-log": access = "access.log", "error-log": error = "error.log" }: Pick<
    CommonValues,
    "access-log" | "error-log"
  >,
): Promise<readonly string[]> {
  const found = await Promise.all([access, error].map((path) => realpath(path).catch(() => [])));
  return found.flat();
}

async function checkFile(options: StaticOptions, flag: string, name: string): Promise<void> {
  const root = new DocumentRoot({
    path: options.root,
    symlinks: options.symlinks,
    dotfiles: options.dotfiles,
    now: SYSTEM_CLOCK.nowMs,
  });
  if (await isReadable(root, name)) return;
  throw new UsageError(
    `bad value for --${flag}: expected a readable file below the root, got ${JSON.stringify(name)}`,
  );
}

async function isReadable(root: DocumentRoot, name: string): Promise<boolean> {
  const path = parseFilePath(name);
  if (path === undefined) return false;
  try {
    const located = await root.locate(path.segments);
    const file = located.kind === "file" ? await root.open(located.path) : undefined;
    await file?.close();
    return file !== undefined;
  } catch {
    // Refused: the same mistake for whoever typed it.
    return false;
  }
}
