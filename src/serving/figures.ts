import { ResponseCounters, type ResponseFigures } from "./response_counters.ts";

/** Why a client was refused. */
export type RefusalReason = "connections" | "connections-per-address";

/** Which time-out ended a wait. */
export type TimeoutKind = "head" | "content" | "idle" | "write" | "linger";

/** The work of a server so far, as plain numbers that cost a request nothing. */
export interface ServerFigures {
  /** Connections open now. */
  readonly openConnections: number;
  /** Accepted connections, including those that were refused. */
  readonly acceptedConnections: number;
  /** Connections refused, by reason. */
  readonly refusedConnections: Readonly<Record<RefusalReason, number>>;
  /** Time-outs, by kind. */
  readonly timeouts: Readonly<Record<TimeoutKind, number>>;
  /** Requests taken, including malformed ones. */
  readonly requests: number;
  /** Requests without a complete response. */
  readonly requestsInFlight: number;
  /** Responses by method and status class, and their durations. */
  readonly responses: ResponseFigures;
  /** Bytes read from clients. */
  readonly receivedBytes: number;
  /** Bytes given to the system to be sent to clients. */
  readonly sentBytes: number;
  /** Bytes held for clients now: unfinished requests, unread responses, captures, log entries. */
  readonly heldBytes: number;
  /** The most bytes that may be held. */
  readonly maxBufferedBytes: number;
}

/** Counters that all connections of a server share. */
export class ServingCounters {
  /** See {@linkcode ServerFigures}. */
  requests = 0;
  /** See {@linkcode ServerFigures}. */
  requestsInFlight = 0;
  /** See {@linkcode ServerFigures}. */
  readonly responses = new ResponseCounters();
  /** See {@linkcode ServerFigures}. */
  receivedBytes = 0;
  /** See {@linkcode ServerFigures}. */
  sentBytes = 0;
  /** See {@linkcode ServerFigures}. */
  readonly timeouts: Record<TimeoutKind, number> = { head: 0, content: 0, idle: 0, write: 0, linger: 0 };
}

/** The figures of a server that has not started. */
export const NO_FIGURES: ServerFigures = {
  openConnections: 0,
  acceptedConnections: 0,
  refusedConnections: { "connections": 0, "connections-per-address": 0 },
  timeouts: { head: 0, content: 0, idle: 0, write: 0, linger: 0 },
  requests: 0,
  requestsInFlight: 0,
  responses: new ResponseCounters().figures,
  receivedBytes: 0,
  sentBytes: 0,
  heldBytes: 0,
  maxBufferedBytes: 0,
};
