import { type NodeAddress, showNode } from "./store_address.ts";
import { ReplyError } from "./redis_connection.ts";

/** The next step after a failed command. */
export type FailureKind =
  /** The slot lives on another server from now on. */
  | { readonly kind: "moved"; readonly node: NodeAddress }
  /** The keys may be on another server while their slot moves: ask there once. */
  | { readonly kind: "ask"; readonly node: NodeAddress }
  /** Look at the cluster again and try again a little later. */
  | { readonly kind: "again" }
  /** The server does not know our functions. */
  | { readonly kind: "missing-function" }
  /** Another try is useless. */
  | { readonly kind: "refused" };

// TRYAGAIN: some keys of a moving slot are here, some there. CLUSTERDOWN: no majority, or a slot without an owner.
// LOADING: the server reads its file. READONLY: a replica, mostly a primary that was deposed a moment ago. MASTERDOWN,
// NOREPLICAS: it has lost its peers. BUSY: a script runs. UNBLOCKED: a WAIT ended because the server changed its role.
const PASSING = /^(?:TRYAGAIN|CLUSTERDOWN|LOADING|READONLY|MASTERDOWN|NOREPLICAS|BUSY|UNBLOCKED)\b/;
const NON_LOCAL_KEY = /attempted to access a non local key/;
const CROSS_SLOT = /keys that do not hash to the same slot/;
const REDIRECTION = /^(MOVED|ASK) \d+ (\S*):(\d+)$/;

/**
 * Decides the next step after a failure.
 *
 * @param from the server that failed: a redirection may omit its own name
 */
export function classifyFailure(error: unknown, from: NodeAddress): FailureKind {
  if (!(error instanceof ReplyError)) return { kind: "again" };
  const redirection = REDIRECTION.exec(error.message);
  if (redirection !== null) {
    const [, word, hostname, port] = redirection;
    const isUnnamed = hostname === "" || hostname === "?";
    const node = { hostname: isUnnamed ? from.hostname : hostname!, port: Number(port) };
    return { kind: word === "MOVED" ? "moved" : "ask", node };
  }
  if (PASSING.test(error.message) || NON_LOCAL_KEY.test(error.message) || isCrossSlotRefusal(error)) {
    return { kind: "again" };
  }
  if (/^ERR Function not found/.test(error.message)) return { kind: "missing-function" };
  return { kind: "refused" };
}

/** Whether a function was refused because its keys are in several slots. */
export function isCrossSlotRefusal(error: unknown): boolean {
  return error instanceof ReplyError && CROSS_SLOT.test(error.message);
}

/** Explains a final refusal to the operator of the store. */
export function explainRefusal(error: ReplyError, node: NodeAddress): string {
  const where = showNode(node);
  switch (error.code) {
    case "OOM":
      return `${where} has no memory left (maxmemory)`;
    case "MISCONF":
      return `${where} cannot write its file and refuses changes (MISCONF)`;
    case "NOAUTH":
    case "WRONGPASS":
      return `${where} does not accept the user or the password`;
    case "NOPERM":
      return `${where} does not allow this user: ${error.message}`;
    default:
      return `${where} said "${error.message}"`;
  }
}
