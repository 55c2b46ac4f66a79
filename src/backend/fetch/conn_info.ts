import type { FetchInfo } from "./fetch_handler.ts";

/** One end of a connection as Hono's middleware wants it. */
export interface ConnectionEnd {
  /** IP address; a unix socket has none. */
  readonly address?: string;
  /** Its family. */
  readonly addressType?: "IPv4" | "IPv6";
  /** TCP port. */
  readonly port?: number;
  /** The transport of the bytes. */
  readonly transport?: "tcp";
}

/** The facts about a connection that Hono's middleware needs. */
export interface ConnectionInfo {
  /** The client's end. */
  readonly remote: ConnectionEnd;
}

/**
 * Gives a middleware of Hono the facts about the connection, as `hono/conninfo` describes them.
 *
 * @param context the context of a Hono application whose `fetch` is served; its `env` is the second argument
 *   of `fetch`
 * @throws {TypeError} when the application was given another `env`
 */
export function getConnInfo(context: { readonly env: unknown }): ConnectionInfo {
  const { remote } = (context.env ?? {}) as Partial<FetchInfo>;
  if (remote === undefined) {
    throw new TypeError("Cannot tell the connection: expected the second argument of fetch() as env");
  }
  if (remote.transport === "unix") return { remote: {} };
  const addressType = remote.hostname.includes(":") ? "IPv6" : "IPv4";
  return { remote: { address: remote.hostname, addressType, port: remote.port, transport: "tcp" } };
}
