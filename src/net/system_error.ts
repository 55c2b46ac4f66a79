import { ownMessageOf } from "../base/error_text.ts";
import { ConnectionError, type ConnectionErrorCode } from "./connection.ts";

const CODES: ReadonlyMap<string, ConnectionErrorCode> = new Map([
  ["EADDRINUSE", "in-use"],
  ["EADDRNOTAVAIL", "not-available"],
  // Deno's node:net (2.9.6), for the address of another machine.
  ["EINVAL", "not-available"],
  // A socket's folder, or the socket to connect to.
  ["ENOENT", "not-available"],
  ["ENOTDIR", "not-available"],
  ["ECONNREFUSED", "refused"],
  ["ECONNRESET", "reset"],
  ["ECONNABORTED", "reset"],
  ["EPIPE", "reset"],
  ["EACCES", "denied"],
  ["EPERM", "denied"],
  ["ERR_ACCESS_DENIED", "denied"],
]);

/** The code for an error that carries the name of the system's error as `code`. */
export function classifySystemError(cause: unknown): ConnectionErrorCode {
  const name = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  // OpenSSL's names for a bad certificate or key; failures of a handshake have other names.
  return CODES.get(name) ?? (name.startsWith("ERR_OSSL_") ? "bad-certificate" : "failed");
}

/**
 * Makes an error of the wire from one of Node or Bun, which carry the name of the system's error as `code`.
 *
 * @param action the action that failed: `Cannot read from the connection`
 */
export function toConnectionError(action: string, cause: unknown): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  const state = ownMessageOf(cause);
  return new ConnectionError(classifySystemError(cause), `${action}: ${state}`, { cause });
}
