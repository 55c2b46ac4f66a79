import { type Clock, SYSTEM_CLOCK } from "../base/clock.ts";
import type { MemoryBudget } from "../bytes/memory_budget.ts";
import type { TargetBytes } from "../http/tokens/head/head.ts";
import { printError } from "../base/print_error.ts";
import type { HeaderField } from "../http/headers.ts";
import { DEFAULT_LIMITS, type HttpLimits } from "../http/limits.ts";
import type { NetAddress } from "../net/connection.ts";

/** Every limit and time-out of a server, all with a default. Times are milliseconds, sizes bytes. */
export interface ServeSettings extends HttpLimits {
  /** From the first byte of a request to the end of its head; then 408. */
  readonly headTimeoutMs: number;
  /** Without any byte of awaited content; then 408. */
  readonly bodyTimeoutMs: number;
  /**
   * The lowest rate of content over each `bodyTimeoutMs` of waiting for it; below it 408. 0 for none. A
   * client that sends after a last response must keep it up once `lingerTimeoutMs` has passed.
   */
  readonly minBodyBytesPerSecond: number;
  /** Between two requests, and before the first; then the connection is closed. */
  readonly idleTimeoutMs: number;
  /**
   * How long a streamed response may pause once its client has finished sending; then the connection is
   * closed, and the source cancelled. Such a client has nearly always gone, but that shows only when
   * something is sent to it.
   */
  readonly halfClosedTimeoutMs: number;
  /** Time without the client taking any byte of a response; then the connection is cut. */
  readonly writeTimeoutMs: number;
  /**
   * How long a client may be silent after a last response, and after one for content that it has not sent
   * whole; then the connection is closed.
   */
  readonly lingerTimeoutMs: number;
  /** How long a client may go on sending after a last response; the bytes are dropped. */
  readonly maxLingerMs: number;
  /** The most bytes that a client may send after a last response. */
  readonly maxLingerBytes: number;
  /** The most unread content that is dropped to keep a connection alive. */
  readonly maxDrainBytes: number;
  /**
   * The bytes that may be held for all clients together: unfinished heads and content, responses that clients
   * have not taken, captures, log entries. Beyond it reading stops. If unfinished requests fill it, those that
   * have held longest get 503. If unread responses fill it, no others are made, and clients that take less
   * than 16 KiB a second are cut, those that have waited longest first.
   */
  readonly maxBufferedBytes: number;
  /** A budget that others share (logs, captures); default a new one of `maxBufferedBytes`. */
  readonly memory: MemoryBudget | undefined;
  /** Connections at once; one more gets 503. */
  readonly maxConnections: number;
  /** Connections at once from one address; one more gets 503. */
  readonly maxConnectionsPerAddress: number;
  /** Requests on one connection; the response to the last one says close. */
  readonly maxRequestsPerConnection: number;
  /**
   * Proxies that may name the client (RFC 7239): addresses, networks such as `10.0.0.0/8`, `unix` for peers
   * on a unix socket. Their connections do not count for `maxConnectionsPerAddress`. Default none.
   */
  readonly trustedProxies: readonly string[];
  /** For running requests when the server stops; then connections are cut. */
  readonly graceMs: number;
  /** Which bytes a request target may hold. */
  readonly targetBytes: TargetBytes;
  /** Keep the bytes of each head for `request.rawHead`. */
  readonly keepRawHead: boolean;
  /** The value of the Server field; "" leaves the field out. */
  readonly serverName: string;
  /**
   * Fields of all responses, also of the errors and refusals that the server makes itself; at most 40. A
   * response that has a field of the same name keeps its own; only lines of Vary add up. Connection, framing
   * and Date are the server's own.
   */
  readonly responseFields: readonly HeaderField[];
  /** The source of the time. */
  readonly clock: Clock;
  /**
   * Called with failures that no response can carry: a cut connection, content that broke while being sent.
   */
  readonly onError: (error: unknown, remote: NetAddress) => void;
  /**
   * Put `FastResponse` in place of the global Response, for web-standard handlers that cannot be changed. The
   * global Request and `fetch` then take the requests of the server faster, and the global Headers are cheap to
   * make, too.
   */
  readonly overrideGlobals: boolean;
  /**
   * Called when a connection does not speak HTTP at all, before it is closed. Without it, such a client gets
   * 400.
   */
  readonly onNotHttp: ((error: Error, remote: NetAddress) => void) | undefined;
}

/** Options of {@linkcode serve}. */
export type ServeOptions = Partial<ServeSettings>;

/** The settings used if an option is not given. */
export const DEFAULT_SETTINGS: ServeSettings = {
  ...DEFAULT_LIMITS,
  headTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  // Kestrel's MinRequestBodyDataRate.
  minBodyBytesPerSecond: 240,
  idleTimeoutMs: 15_000,
  // Time for a client that has only closed its side to get the rest. Node, Deno and Bun allow none.
  halfClosedTimeoutMs: 250,
  // nginx allows 60 s between two writes; half of it frees slots sooner under slow-read attacks.
  writeTimeoutMs: 30_000,
  // nginx lingering_timeout is 5 s: a slot is worth more here than the last client on a bad line.
  lingerTimeoutMs: 2_000,
  // nginx lingering_time.
  maxLingerMs: 30_000,
  // nginx has no bound, but the client decides how much is dropped: 64 MiB take 30 ms (Deno 2.9.6).
  maxLingerBytes: 67_108_864,
  // Go's net/http; dropping more costs longer than a new connection.
  maxDrainBytes: 262_144,
  maxBufferedBytes: 268_435_456,
  memory: undefined,
  // Ten thousand idle clients and room for more.
  maxConnections: 16_384,
  maxConnectionsPerAddress: Infinity,
  maxRequestsPerConnection: Infinity,
  trustedProxies: [],
  graceMs: 5_000,
  targetBytes: "whatwg",
  keepRawHead: false,
  serverName: "millrace",
  responseFields: [],
  clock: SYSTEM_CLOCK,
  onError: () => {},
  overrideGlobals: false,
  onNotHttp: undefined,
};

/** The settings that differ for a web-standard handler: it streams, and its errors must not go unnoticed. */
export const FETCH_SETTINGS: Pick<ServeSettings, "maxBodyBytes" | "onError"> = {
  // Bun's maxRequestBodySize.
  maxBodyBytes: 134_217_728,
  onError: printError,
};
