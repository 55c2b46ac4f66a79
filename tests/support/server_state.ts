import type { Server } from "../../src/serving/serve.ts";

/** A server's report about itself at `/state`, as JSON. */
export interface State {
  /** Open connections, including the one that asks. */
  readonly connections: number;
  /** All connections that it has accepted since its start. */
  readonly accepted: number;
  /** The reports to `onError`. */
  readonly failures: number;
}

/** What a server tells about itself; the count of failures is its program's. */
export function stateOf({ figures }: Pick<Server, "figures">, failures: number): State {
  return { connections: figures.openConnections, accepted: figures.acceptedConnections, failures };
}
