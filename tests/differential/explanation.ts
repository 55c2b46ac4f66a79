import type { PeerName } from "./peers.ts";

/** Why some of our peers read some rows differently, and why we do not follow them. */
export interface Explanation {
  readonly peers: readonly PeerName[];
  /** The rows, by theme and claim: `Host: a list`. */
  readonly rows: RegExp;
  /** Our observation: `2xx GET /, 2xx GET /after, closed`. */
  readonly ours?: RegExp;
  /** The observations of the peers. */
  readonly theirs: RegExp;
  readonly why: string;
}

// The peers, alone or together.
export const NODE: readonly PeerName[] = ["node:http"];
export const DENO: readonly PeerName[] = ["Deno.serve"];
export const NGINX: readonly PeerName[] = ["nginx"];
export const BUN: readonly PeerName[] = ["Bun.serve"];
export const HYPER_AND_BUN: readonly PeerName[] = [...DENO, ...BUN];
export const ALL: readonly PeerName[] = [...NODE, ...DENO, ...NGINX, ...BUN];

/** They respond to the first request with 2xx. */
export const SERVED = /^2xx/;
/** They respond with an error, at once or after the good requests. */
export const REFUSED = /^(2xx [^,]*, )*[45]xx, /;
