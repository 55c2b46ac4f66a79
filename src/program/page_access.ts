// The meaning of a page's flags together: --ui-host, --ui-token, --ui-auth-file, --ui-name.

import type { PageGuardOptions } from "../backend/middleware/page_guard.ts";
import { UsageError } from "./flags/flag.ts";
import type { PageAccessValues } from "./flags/ui_flags.ts";
import { PasswordFileError, readPasswordFile } from "./password_file.ts";

/** The access to a page. */
export interface PageAccess {
  /** Address or name to listen on. */
  readonly hostname: string;
  /** For {@linkcode guardPage}. */
  readonly guard: Pick<PageGuardOptions, "names" | "token" | "checkPassword">;
  /** Whether the token was made here: then the user must get it. */
  readonly isTokenNew: boolean;
}

const LOOPBACK = "127.0.0.1";
const TOKEN_BYTES = 16;

/**
 * Reads the flags of a page. One that listens beyond loopback without token and file gets a token.
 *
 * @param createToken makes a secret; default one of 128 random bits
 * @throws {UsageError} when the file cannot be used
 */
export async function readPageAccess(
  values: PageAccessValues,
  createToken: () => string = createRandomToken,
): Promise<PageAccess> {
  const { "ui-host": host, "ui-token": given, "ui-auth-file": path, "ui-name": names } = values;
  const hostname = host ?? LOOPBACK;
  const checkPassword = path === undefined ? undefined : await readPasswords(path);
  const isTokenNew = given === undefined && checkPassword === undefined && !isLoopback(hostname);
  return {
    hostname,
    guard: { names: [hostname, ...names], token: isTokenNew ? createToken() : given, checkPassword },
    isTokenNew,
  };
}

/** The address of a page with its token, for a person to open. @param url of the page, with a slash at its end */
export function linkOf(url: string, { guard: { token }, hostname }: PageAccess): string {
  // A browser cannot open the address that stands for all addresses of a machine.
  const reachable = isWildcard(hostname) ? url.replace(/\/\/[^/]*:(\d+)\/$/, "//localhost:$1/") : url;
  return token === undefined ? reachable : `${reachable}?token=${token}`;
}

/** Whether an address or name belongs to this machine alone. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" ||
    /^127(\.[0-9]{1,3}){3}$/.test(name);
}

function isWildcard(hostname: string): boolean {
  return ["0.0.0.0", "::", "[::]"].includes(hostname);
}

async function readPasswords(path: string): ReturnType<typeof readPasswordFile> {
  try {
    return await readPasswordFile(path);
  } catch (error) {
    if (!(error instanceof PasswordFileError)) throw error;
    throw new UsageError(`bad value for --ui-auth-file: expected ${error.message}`, { cause: error });
  }
}

function createRandomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
