// The name of a unix socket in the file system.

import { chmod, lstat, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { type NetAddress, unixAddress } from "./address.ts";
import { type Connection, ConnectionError } from "./connection.ts";

// sun_path of Linux has 108 bytes and ends with NUL (unix(7)). Runtimes cut longer paths, or give useless
// errors.
const MAX_PATH_BYTES = 107;
// Owner and group may connect: on Linux that takes the right to write.
const MODE = 0o660;

/**
 * Makes sure that a path is free. Removes a stale socket.
 *
 * @param connect the function of the adapter
 * @throws {ConnectionError} `in-use` when a program listens there, or when it is a file of another kind
 * @throws {Error} the error of the system
 */
export async function claimPath(
  path: string,
  connect: (address: NetAddress) => Promise<Connection>,
): Promise<void> {
  if (path === "" || path.includes("\0") || new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
    throw new ConnectionError(
      "not-available",
      `Cannot listen on unix:${path}: expected a path of 1 to ${MAX_PATH_BYTES} bytes`,
    );
  }
  const found = await lstat(path).catch(ignoreMissing);
  // For a missing folder libuv says that permission is missing.
  if (found === undefined) return void await stat(dirname(path));
  if (!found.isSocket()) {
    throw new ConnectionError("in-use", `Cannot listen on unix:${path}: it exists and is no socket`);
  }
  try {
    (await connect(unixAddress(path))).close();
  } catch (error) {
    if (!(error instanceof ConnectionError) || error.code !== "refused") throw error;
    return await unlink(path).catch(ignoreMissing);
  }
  throw new ConnectionError("in-use", `Cannot listen on unix:${path}: another program listens there`);
}

/** Gives a new socket its mode. Every runtime removes the socket itself when its listener is closed. */
export async function restrictPath(path: string): Promise<void> {
  await chmod(path, MODE);
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
