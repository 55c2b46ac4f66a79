import type { NetAddress } from "./connection.ts";

/** Writes an address as people do: `127.0.0.1:80`, `[::1]:80`. */
export function formatAddress(address: NetAddress): string {
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : hostname + ":" + port;
}
