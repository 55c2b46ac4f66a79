// The metrics store as a server and as a client.

export { ConnectionError } from "./src/net/connection.ts";
export type { ConnectionErrorCode } from "./src/net/connection.ts";
export type { NetAddress, TcpAddress, UnixAddress } from "./src/net/address.ts";
export { runServer } from "./src/servers/metrics/run_server.ts";
export type { MetricsServer } from "./src/servers/metrics/run_server.ts";
export type { ServerCounts } from "./src/servers/metrics/server_counts.ts";
export type { MetricsAccess, MetricsLog, MetricsServerOptions } from "./src/servers/metrics/options.ts";
export { MetricsClient } from "./src/servers/metrics/client/metrics_client.ts";
export type { MetricsClientOptions, MetricsSpan } from "./src/servers/metrics/client/metrics_client.ts";
export {
  ClientError,
  ClientProtocolError,
  ClientSocketError,
} from "./src/servers/metrics/client/client_errors.ts";
export type { MetricsRow, MetricsRows } from "./src/servers/metrics/client/metrics_row.ts";
export { ALL_TIME, StoreOpenError, StoreRefusal } from "./src/servers/metrics/store.ts";
export type {
  ByteRange,
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
} from "./src/servers/metrics/store.ts";
