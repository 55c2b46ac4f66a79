// The socket that a service manager has opened for the program (sd_listen_fds(3)).

import { UsageError } from "./flags/flag.ts";

/** The variables of the environment about passed sockets. */
export const SOCKET_VARIABLES = ["LISTEN_PID", "LISTEN_FDS"] as const;

// Passed descriptors begin after those of the console.
const FIRST_DESCRIPTOR = 3;

/**
 * Finds the descriptor of a passed socket.
 *
 * @param read gives the value of a variable
 * @param pid the number of this process: variables for another process were inherited, and mean nothing
 * @returns undefined if none was passed
 * @throws {UsageError} for several: one server listens on one socket
 */
export function findPassedSocket(
  read: (name: typeof SOCKET_VARIABLES[number]) => string | undefined,
  pid: number,
): number | undefined {
  const count = read("LISTEN_FDS");
  if (count === undefined || read("LISTEN_PID") !== String(pid)) return undefined;
  if (count === "1") return FIRST_DESCRIPTOR;
  throw new UsageError(
    `bad value for the environment variable LISTEN_FDS: expected 1, got ${JSON.stringify(count)}`,
  );
}
