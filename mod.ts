// The library: what other programs may import. Importing it starts nothing; running it starts the program.

import { isEntryPoint } from "./src/entry_point.ts";

/**
 * The program: chooses the server that the command line names, runs it, and ends the process.
 *
 * Loaded when it is called: who imports the library gets none of the program's dependencies.
 *
 * @param args the command line; default that of the process
 */
export async function main(args?: readonly string[]): Promise<void> {
  const program = await import("./src/main.ts");
  await program.main(new URL(import.meta.url), args);
}

export { connect, listen } from "./src/net/listen.ts";
export { ConnectionError } from "./src/net/connection.ts";
export type {
  Connection,
  ConnectionErrorCode,
  Listener,
  RawConnection,
  Receiver,
  Sender,
} from "./src/net/connection.ts";
export type {
  AddressOf,
  DescriptorListenOptions,
  ListenOptions,
  TcpListenOptions,
  UnixListenOptions,
} from "./src/net/listen_options.ts";
export type { ServerCertificate, TlsOptions } from "./src/net/tls_options.ts";
export { fromWebStreams } from "./src/net/from_web_streams.ts";
export type { WebStreams, WebStreamsOptions } from "./src/net/from_web_streams.ts";
export { parseTrustedProxies, TrustedProxies } from "./src/net/trusted_proxies.ts";
export { clientOf } from "./src/backend/client_of.ts";
export type { Client } from "./src/backend/client_of.ts";
export { withProxyProtocol } from "./src/net/proxy_protocol.ts";
export type { FinishConnection, ProxyProtocolOptions } from "./src/net/proxy_protocol.ts";
export type { ConnectionEnds } from "./src/net/proxy_preface.ts";
export { formatAddress, urlOf } from "./src/net/address.ts";
export type { Destination, Listening, NetAddress, TcpAddress, UnixAddress } from "./src/net/address.ts";

export { HttpTokenizer } from "./src/http/tokens/tokenizer.ts";
export type { HttpTokenizerOptions } from "./src/http/tokens/tokenizer.ts";
export { HttpTokenStream } from "./src/http/tokens/token_stream.ts";
export type {
  BodyToken,
  EndToken,
  ErrorToken,
  FieldToken,
  HeadEndToken,
  HttpToken,
  RequestLineToken,
  TokenSink,
  TokenSpan,
} from "./src/http/tokens/tokens.ts";
export type { Framing } from "./src/http/tokens/framing.ts";
export type { TargetBytes } from "./src/http/tokens/head.ts";
export type { HttpLimits } from "./src/http/limits.ts";

export { processRequest } from "./src/http/request/process_request.ts";
export { RequestReader } from "./src/http/request/request_reader.ts";
export type { ContentDemand, RequestReaderOptions } from "./src/http/request/request_reader.ts";
export { HttpRequest } from "./src/http/request/request.ts";
export type { HttpVersion, RequestHead, WireHead } from "./src/http/tokens/request_head.ts";
export { readWhole } from "./src/http/request/request_body.ts";
export type { RequestBody } from "./src/http/request/request_body.ts";
export { HttpHeaders } from "./src/http/headers.ts";
export type { FramingFields, HeaderField, WireFields } from "./src/http/headers.ts";
export type { CookiePair } from "./src/http/cookies.ts";
export { HttpError } from "./src/http/errors.ts";
export type { HttpErrorCode, HttpErrorOptions } from "./src/http/errors.ts";

export type { MaybePromise } from "./src/base/maybe_promise.ts";
export { createBackend } from "./src/backend/handler.ts";
export type { Backend, Handler, Middleware, RequestContext } from "./src/backend/handler.ts";
export type { Theme } from "./src/backend/pages/stylesheet.ts";
export { FastResponse } from "./src/backend/fetch/fast_response.ts";
export { getConnInfo } from "./src/backend/fetch/conn_info.ts";
export type { ConnectionEnd, ConnectionInfo } from "./src/backend/fetch/conn_info.ts";
export type { FetchHandler, FetchInfo } from "./src/backend/fetch/fetch_handler.ts";
export { run } from "./src/backend/run.ts";
export { routes } from "./src/backend/routes.ts";
export type { Route, RouteHandler } from "./src/backend/routes.ts";

export { processResponse, ResponsePreamble } from "./src/http/response/process_response.ts";
export type { Persistence, ProcessResponseOptions } from "./src/http/response/process_response.ts";
export { ResponseWriter } from "./src/http/response/response_writer.ts";
export type { BytesSender, ResponseSink } from "./src/http/response/response_writer.ts";
export {
  createResponse,
  htmlResponse,
  redirectResponse,
  textResponse,
} from "./src/http/response/response.ts";
export type {
  FramedBody,
  HttpResponse,
  KnownBody,
  ResponseBody,
  WireBody,
} from "./src/http/response/response.ts";
export { BytePieces } from "./src/bytes/byte_pieces.ts";
export { BufferPool } from "./src/bytes/buffer_pool.ts";

export { serve, serveConnection } from "./src/serving/serve.ts";
export type { AddressFor, Server, ServerOptions } from "./src/serving/server.ts";
export type { ServeOptions, ServeSettings } from "./src/serving/serve_options.ts";
export type { RefusalReason, ServerFigures, TimeoutKind } from "./src/serving/figures.ts";
export { MemoryBudget } from "./src/bytes/memory_budget.ts";
export type { Holder } from "./src/bytes/memory_budget.ts";
export type { Clock } from "./src/base/clock.ts";

export { LineDecoder } from "./src/bytes/line_decoder.ts";
export type { DecodedLine, LineDecoderOptions } from "./src/bytes/line_decoder.ts";
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

async function runAsProgram(): Promise<void> {
  if (await isEntryPoint(import.meta)) await main();
}

// Not awaited: Node's require() takes only modules that wait for nothing.
runAsProgram();
