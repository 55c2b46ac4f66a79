// Names and passwords in a file, in the format of Apache's `htpasswd -B`.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Judges a name and a password. */
export type PasswordCheck = (name: string, password: string) => boolean | Promise<boolean>;

/** A password file that cannot be used: the message ends the sentence "expected ...". */
export class PasswordFileError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "PasswordFileError";
}

// bcrypt costs tens of milliseconds on purpose: right passwords are remembered, as digests, and wrong ones wait in line.
const MAX_REMEMBERED = 1_000;
const MAX_WAITING = 16;
// Replaces the hash of an unknown name, so that the time reveals nothing.
const NOBODY = "$2b$10$abcdefghijklmnopqrstuuVZ1Rq0Q8Ck9FJlIYB2QmXPz4M0dMc1a";

/**
 * Reads a password file: lines `name:hash` with bcrypt hashes (`$2y$`, `$2b$`, `$2a$`); empty lines and those that begin
 * with `#` are skipped.
 *
 * @throws {PasswordFileError} when the file cannot be read, has another kind of line, or names no user
 */
export async function readPasswordFile(path: string): Promise<PasswordCheck> {
  let text: string;
  try {
    text = await readFile(path, "utf-8");
  } catch (cause) {
    throw new PasswordFileError(`a readable file, got ${JSON.stringify(path)}`, { cause });
  }
  const hashes = parsePasswords(text);
  await loadComparison();
  return createPasswordCheck(hashes, comparePassword);
}

/** Whether a password belongs to a hash. */
export async function comparePassword(password: string, hash: string): Promise<boolean> {
  const { default: bcrypt } = await import("bcryptjs");
  return await bcrypt.compare(password, hash);
}

/**
 * Loads the package of {@linkcode comparePassword}, which nothing else loads. A server does so at its start,
 * because there may be no network when a password comes.
 */
export async function loadComparison(): Promise<void> {
  await import("bcryptjs");
}

/**
 * The hash of each name.
 *
 * @throws {PasswordFileError} for a line that is not `name:hash`, and if there is no line
 */
export function parsePasswords(text: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name, hash] = /^([^:]+):(\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53})$/.exec(line) ?? [];
    if (name === undefined || hash === undefined) {
      throw new PasswordFileError(
        `lines name:hash with bcrypt hashes (htpasswd -B), got another in line ${index + 1}`,
      );
    }
    hashes.set(name, hash);
  }
  if (hashes.size === 0) throw new PasswordFileError("at least one line name:hash, got none");
  return hashes;
}

/**
 * Makes the check of some hashes. One password is compared at a time; beyond a few that wait, all others are wrong.
 *
 * @param compare whether a password belongs to a hash
 */
export function createPasswordCheck(
  hashes: ReadonlyMap<string, string>,
  compare: typeof comparePassword,
): PasswordCheck {
  const remembered = new Set<string>();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (name, password) => {
    const key = createHash("sha256").update(JSON.stringify([name, password])).digest("base64");
    if (remembered.has(key)) return true;
    if (waiting >= MAX_WAITING) return false;
    waiting++;
    const hash = hashes.get(name);
    const compared = last.then(async () => {
      try {
        const isRight = await compare(password, hash ?? NOBODY) && hash !== undefined;
        if (isRight && remembered.size < MAX_REMEMBERED) remembered.add(key);
        return isRight;
      } finally {
        waiting--;
      }
    });
    last = compared.catch(() => {});
    return compared;
  };
}
