// The library, for other programs. Importing it starts nothing; running it starts the program.

import { isEntryPoint } from "./src/entry_point.ts";
import type { StartedTrap, StartTrapOptions } from "./src/servers/trap/start_trap.ts";

/**
 * The program: chooses the server that the command line names, runs it, and ends the process.
 *
 * Loaded when it is called, so that importers of the library get none of the program's dependencies.
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
export type { ServerCertificate, TlsOptions } from "./src/net/tls/tls_options.ts";
export { fromWebStreams } from "./src/net/from_web_streams.ts";
export type { WebStreams, WebStreamsOptions } from "./src/net/from_web_streams.ts";
export { parseTrustedProxies } from "./src/net/proxy/trusted_proxies.ts";
export type { TrustedProxies } from "./src/net/proxy/trusted_proxies.ts";
export { clientOf } from "./src/backend/client_of.ts";
export type { Client } from "./src/backend/client_of.ts";
export { withProxyProtocol } from "./src/net/proxy/proxy_protocol.ts";
export type { FinishConnection, ProxyProtocolOptions } from "./src/net/proxy/proxy_protocol.ts";
export type { ConnectionEnds } from "./src/net/proxy/proxy_preface.ts";
export { formatAddress, urlOf } from "./src/net/address.ts";
export type { Destination, Listening, NetAddress, TcpAddress, UnixAddress } from "./src/net/address.ts";

export type { MaybePromise } from "./src/base/maybe_promise.ts";
export { createBackend } from "./src/backend/handler.ts";
export type { Backend, Handler, Middleware, RequestContext } from "./src/backend/handler.ts";
export type { Theme } from "./src/backend/pages/stylesheet.ts";
export { FastResponse } from "./src/backend/fetch/response/fast_response.ts";
export { getConnInfo } from "./src/backend/fetch/conn_info.ts";
export type { ConnectionEnd, ConnectionInfo } from "./src/backend/fetch/conn_info.ts";
export type { InterimResponse } from "./src/http/response/interim_response.ts";
export type { FetchHandler, FetchInfo } from "./src/backend/fetch/fetch_handler.ts";
export { run } from "./src/backend/run.ts";
export { routes } from "./src/backend/routes.ts";
export type { Route, RouteHandler } from "./src/backend/routes.ts";

export { serve, serveConnection } from "./src/serving/serve.ts";
export type { AddressFor, Server, ServerOptions } from "./src/serving/server.ts";
export type { ServeOptions, ServeSettings } from "./src/serving/serve_options.ts";
export type { RefusalReason, ServerFigures, TimeoutKind } from "./src/serving/figures.ts";
export type { ResponseFigures } from "./src/serving/response_counters.ts";
export { BytePieces } from "./src/bytes/byte_pieces.ts";
export { BufferPool } from "./src/bytes/buffer_pool.ts";
export { MemoryBudget } from "./src/bytes/memory_budget.ts";
export type { Holder } from "./src/bytes/memory_budget.ts";
export type { Clock } from "./src/base/clock.ts";

export * from "./src/http.ts";
export { readWhole } from "./src/http/request/request_body.ts";
export {
  createResponse,
  htmlResponse,
  redirectResponse,
  textResponse,
} from "./src/http/response/response.ts";
export * from "./src/lines.ts";
export * from "./src/metrics.ts";

export type {
  NextRequestOptions,
  StartedTrap,
  StartTrapOptions,
  TrapSecrets,
} from "./src/servers/trap/start_trap.ts";
export type { SchemeName } from "./src/servers/trap/signatures/signature_scheme.ts";
export type {
  ChainRecordText,
  ContentRecord,
  GivenAnswer,
  InterimRecord,
  Malformation,
  ReplayRecord,
  RequestEnd,
  RequestFault,
  RequestRecord,
  ResponseEnd,
  ResponseRecord,
  SignatureRecord,
} from "./src/servers/trap/records/request_record.ts";
export type { Parameter } from "./src/servers/trap/records/parameters.ts";

/**
 * Starts a request trap for the tests of a program: it takes every request, responds with 200 or by rules, and keeps all
 * bytes in memory. Loaded when it is called.
 *
 * @throws {ConnectionError} when a port cannot be opened
 * @throws {TypeError} when the URL to forward to is malformed
 * @throws {Error} for a bad rule, with its place
 */
export async function startTrap(options: StartTrapOptions = {}): Promise<StartedTrap> {
  const trap = await import("./src/servers/trap/start_trap.ts");
  return await trap.startTrap(options);
}

async function runAsProgram(): Promise<void> {
  if (await isEntryPoint(import.meta)) await main();
}

// Not awaited, because Node's require() takes only modules that wait for nothing.
runAsProgram();
