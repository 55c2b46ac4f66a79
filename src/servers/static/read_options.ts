import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { SYSTEM_CLOCK } from "../../base/clock.ts";
import { namesIn } from "../../net/files/file_status.ts";
import { type FlagValues, UsageError } from "../../program/flags/flag.ts";
import { loadComparison, parsePasswords, PasswordFileError } from "../../program/password_file.ts";
import { parseRedirects, type Redirect, RedirectsError } from "./answers/redirects.ts";
import { DocumentRoot } from "./disk/document_root.ts";
import type { STATIC_FLAGS } from "./flags.ts";
import type { StaticOptions } from "./options.ts";
import { parseFilePath } from "./resources/url_path.ts";

type Values = FlagValues<typeof STATIC_FLAGS>;

const USUAL_ROOT = "docroot";

/**
 * Makes options from flags, and checks that the folder and the named files exist.
 *
 * @throws {UsageError} when one is missing or cannot be read
 */
export async function readStaticOptions(values: Values): Promise<StaticOptions> {
  const { spa, "not-found": notFound } = values;
  const root = values.root ?? (await isFolder(USUAL_ROOT) ? USUAL_ROOT : ".");
  try {
    // The first names suffice: reading all 100,000 of a folder takes Deno 2.9.6 half a second and 55 MB.
    for await (const _ of namesIn(root)) break;
  } catch (cause) {
    throw new UsageError(`bad value for --root: expected a readable folder, got ${JSON.stringify(root)}`, {
      cause,
    });
  }
  const logs = await findFiles(values["access-log"], values["error-log"]);
  const secrets = await findFiles(values["auth-file"], values["tls-key"], values.redirects);
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
    passwords: await readPasswords(values["auth-file"]),
    base: values.base,
    redirects: await readRedirects(values.redirects),
    compress: values.compress,
    precompressed: values.precompressed,
    cleanUrls: values["clean-urls"],
    charset: values.charset,
    types: values.type ?? [],
    liveReload: values["live-reload"],
    hidden: [...logs, ...secrets],
    // If a page were reloaded for its own log entries, that would never end.
    unwatched: logs,
  };
  if (spa !== undefined) await checkFile(options, "spa", spa);
  if (notFound !== undefined) await checkFile(options, "not-found", notFound);
  return options;
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then((stats) => stats.isDirectory(), () => false);
}

/** Absolute paths, without links, of the server's own files. A log may not exist yet. */
async function findFiles(...paths: readonly (string | undefined)[]): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(async (path) => {
    if (path === undefined || path === "-" || path === "off") return [];
    const absolute = resolve(path);
    try {
      return [await realpath(absolute)];
    } catch {
      const folder = await realpath(dirname(absolute)).catch(() => dirname(absolute));
      return [join(folder, basename(absolute))];
    }
  }));
  return found.flat();
}

async function readPasswords(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await readText("auth-file", path);
  try {
    parsePasswords(text);
    await loadComparison();
    return text;
  } catch (error) {
    if (!(error instanceof PasswordFileError)) throw error;
    throw new UsageError(`bad value for --auth-file: expected ${error.message}`, { cause: error });
  }
}

async function readRedirects(path: string | undefined): Promise<readonly Redirect[]> {
  if (path === undefined) return [];
  const text = await readText("redirects", path);
  try {
    return parseRedirects(text);
  } catch (error) {
    if (!(error instanceof RedirectsError)) throw error;
    throw new UsageError(`bad value for --redirects: expected ${error.message}`, { cause: error });
  }
}

async function readText(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf-8");
  } catch (cause) {
    throw new UsageError(`bad value for --${flag}: expected a readable file, got ${JSON.stringify(path)}`, {
      cause,
    });
  }
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
    // If it is refused, the user has made the same mistake.
    return false;
  }
}
