import type { PeerName } from "./peers.ts";

/** Why some of our peers do otherwise with some rows, and we do not do as they do. */
export interface Explanation {
  readonly peers: readonly PeerName[];
  /** Which rows, by theme and claim: `Host: a list`. */
  readonly rows: RegExp;
  /** What we do: `2xx GET /, 2xx GET /behind, closed`. */
  readonly ours?: RegExp;
  /** What the peers do. */
  readonly theirs: RegExp;
  readonly why: string;
}

// Who does so, alone or together.
export const NODE: readonly PeerName[] = ["node:http"];
export const DENO: readonly PeerName[] = ["Deno.serve"];
export const NGINX: readonly PeerName[] = ["nginx"];
export const BUN: readonly PeerName[] = ["Bun.serve"];
export const HYPER_AND_BUN: readonly PeerName[] = [...DENO, ...BUN];
export const ALL: readonly PeerName[] = [...NODE, ...DENO, ...NGINX, ...BUN];

/** They answer the first request with 2xx. */
export const SERVED = /^2xx/;
/** They answer with an error, at once or behind what is good. */
export const REFUSED = /^(2xx [^,]*, )*[45]xx, /;
