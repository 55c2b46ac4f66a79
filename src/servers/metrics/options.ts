import type { Clock } from "../../base/clock.ts";
import type { NetAddress, TcpAddress } from "../../net/address.ts";
import type { Listener } from "../../net/connection.ts";
import type { Durability, MetricStore, StoreLimits } from "./store.ts";

/** The logs of the server; each function gets one line of text without a line end. */
export interface MetricsLog {
  /** Connections and refusals. Without it their texts are not even made. */
  debug?(message: string): void;
  /** Failures of the store or of the port. */
  error?(message: string): void;
}

/** One line with its reply, for an access log. */
export interface MetricsAccess {
  /** The client. */
  readonly client: NetAddress;
  /** The line, bytes seen as latin1, cut after 200 bytes. */
  readonly command: string;
  /** First line of the reply. */
  readonly status: "ok" | "error";
}

/** Settings of `runServer`; all optional. */
export interface MetricsServerOptions<Address extends NetAddress = TcpAddress> extends StoreLimits {
  /** Database file; without it samples live in memory. */
  readonly dataFile?: string | undefined;
  /** The meaning of `ok` with a database; default `full`. */
  readonly durability?: Durability | undefined;
  /** The number of puts that the journal of a database may hold before they are sealed; default 2,000,000. */
  readonly sealAfterPuts?: number | undefined;
  /** A store of the caller's own, used in place of those above; the server closes it. */
  readonly store?: MetricStore | undefined;
  /** The most clients; one more is refused and closed. Default unlimited. */
  readonly maxConnections?: number | undefined;
  /** The most clients from one address; one more is refused and closed. Default unlimited. */
  readonly maxConnectionsPerAddress?: number | undefined;
  /** The time; default that of the machine. */
  readonly clock?: Clock | undefined;
  /**
   * Bytes that unread replies may hold in all, in the sockets too; default 256 MiB. Beyond it a client that
   * wants a large reply waits, and clients that have read nothing for a second are cut.
   */
  readonly maxBufferedBytes?: number | undefined;
  /** A client that has been silent this long is closed; default never. */
  readonly idleTimeoutMs?: number | undefined;
  /** How long `close` waits for pending replies; default 5,000. */
  readonly graceMs?: number | undefined;
  /** How often expired samples are dropped from storage; default 10,000. */
  readonly sweepIntervalMs?: number | undefined;
  /** Longest command in bytes; default 65,536. */
  readonly maxLineBytes?: number | undefined;
  /** Opens the port in a way of the caller's own (over TLS, say); default plain TCP. */
  readonly openPort?: ((port: number) => Promise<Listener<Address>>) | undefined;
  /** Receives connections, refusals and failures. */
  readonly log?: MetricsLog | undefined;
  /** Receives every line that got a reply; this costs speed. */
  readonly access?: ((entry: MetricsAccess) => void) | undefined;
}
