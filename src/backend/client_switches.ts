import { hostOf } from "../net/address.ts";
import type { HttpRequest } from "../http/request/request.ts";
import type { MaybePromise } from "../base/maybe_promise.ts";
import type { RequestContext } from "./handler.ts";
import type { LogForm } from "../log/log_form.ts";

/** Position of the switches. */
export interface SwitchState {
  /** Form of the entries in the access log. */
  readonly logForm: LogForm;
  /** Whether error pages carry the original message. */
  readonly showsErrors: boolean;
}

/** The owner of a switch: the client that sent it, by IP address, or all clients together. */
export type SwitchScope = "client" | "global";

/** Options of {@linkcode createClientSwitches}. */
export interface ClientSwitchesOptions {
  /** Default: client. */
  readonly scope?: SwitchScope;
  /**
   * Clients that are remembered, default 10,000. Beyond it the one not seen for longest is back to the
   * defaults.
   */
  readonly maxClients?: number;
  /**
   * Keeps a change elsewhere too, before it takes effect here. The client's address is "" if all clients
   * share the switches. If it throws or rejects, the error becomes the handler's, and nothing changes.
   */
  readonly keep?: (client: string, change: Partial<SwitchState>) => MaybePromise<void>;
}

/** The switches of all clients. The functions need no `this`: they can be passed on one by one. */
export interface ClientSwitches {
  /** Number of clients with switches that are not in the default position. */
  readonly size: number;
  /** The position for the client of a request. */
  readonly stateOf: (context: RequestContext) => SwitchState;
  /**
   * Sets some switches for the client of a request, from the next look on; waits if they are kept elsewhere
   * too.
   */
  readonly change: (context: RequestContext, change: Partial<SwitchState>) => MaybePromise<void>;
  /** Takes over a change kept elsewhere. @param client an address, or "" if all clients share the switches */
  readonly set: (client: string, change: Partial<SwitchState>) => void;
  /** Takes over everything that was kept elsewhere; all other clients are back to the defaults. */
  readonly replaceAll: (kept: ReadonlyMap<string, Partial<SwitchState>>) => void;
  /** The log form for a request, for the logging middleware. */
  readonly formOf: (request: HttpRequest, context: RequestContext) => LogForm;
  /** Whether the client of a request sees original messages, for the show_errors middleware. */
  readonly showsErrors: (request: HttpRequest, context: RequestContext) => boolean;
}

const DEFAULT_STATE: SwitchState = Object.freeze({ logForm: "full", showsErrors: false });

/** Makes the table, with all switches in the default position: full log, no original messages. */
export function createClientSwitches(options: ClientSwitchesOptions = {}): ClientSwitches {
  const { scope = "client", maxClients = 10_000, keep } = options;
  // A Map keeps the order of insertion: the first key is the one not used for the longest time.
  const states = new Map<string, SwitchState>();
  const keyOf = (context: RequestContext): string => scope === "global" ? "" : hostOf(context.remote);

  const stateOf = (context: RequestContext): SwitchState => {
    if (states.size === 0) return DEFAULT_STATE;
    const key = keyOf(context);
    const state = states.get(key);
    if (state === undefined) return DEFAULT_STATE;
    states.delete(key);
    states.set(key, state);
    return state;
  };
  const set = (key: string, change: Partial<SwitchState>): void => {
    const state = { ...(states.get(key) ?? DEFAULT_STATE), ...change };
    states.delete(key);
    if (state.logForm === DEFAULT_STATE.logForm && state.showsErrors === DEFAULT_STATE.showsErrors) return;
    for (const oldest of states.keys()) {
      if (states.size < maxClients) break;
      states.delete(oldest);
    }
    states.set(key, state);
  };
  const change = (context: RequestContext, change: Partial<SwitchState>): MaybePromise<void> => {
    const key = keyOf(context);
    const kept = keep?.(key, change);
    if (kept !== undefined) return kept.then(() => set(key, change));
    set(key, change);
  };
  const replaceAll = (kept: ReadonlyMap<string, Partial<SwitchState>>): void => {
    states.clear();
    for (const [key, change] of kept) set(key, change);
  };
  return {
    get size(): number {
      return states.size;
    },
    stateOf,
    change,
    set,
    replaceAll,
    formOf: (_request, context) => stateOf(context).logForm,
    showsErrors: (_request, context) => stateOf(context).showsErrors,
  };
}
