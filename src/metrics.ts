// The metrics store as a server and as a client.

export { ConnectionError } from "./net/connection.ts";
export type { ConnectionErrorCode } from "./net/connection.ts";
export type { NetAddress, TcpAddress, UnixAddress } from "./net/address.ts";
export { runServer } from "./servers/metrics/run_server.ts";
export type { MetricsServer } from "./servers/metrics/run_server.ts";
export type { ServerCounts } from "./servers/metrics/server_counts.ts";
export type { MetricsAccess, MetricsLog, MetricsServerOptions } from "./servers/metrics/options.ts";
export { MetricsClient } from "./servers/metrics/client/metrics_client.ts";
export type { MetricsClientOptions, MetricsSpan } from "./servers/metrics/client/metrics_client.ts";
export {
  ClientError,
  ClientProtocolError,
  ClientSocketError,
} from "./servers/metrics/client/client_errors.ts";
export type { MetricsRow, MetricsRows } from "./servers/metrics/client/metrics_row.ts";
export { ALL_TIME, StoreOpenError, StoreRefusal } from "./servers/metrics/store.ts";
export type {
  ByteRange,
  DiskFacts,
  Durability,
  KeyReader,
  KeySink,
  MetricStore,
  PutCommand,
  PutOutcome,
  RowReader,
  RowSink,
  SeriesFacts,
  SeriesReader,
  SeriesSink,
  StoreLimits,
  StoreOpenErrorCode,
  TimeSpan,
} from "./servers/metrics/store.ts";
