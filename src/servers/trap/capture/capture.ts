import type { RequestContext } from "../../../backend/handler.ts";
import type { Writable } from "../../../base/writable.ts";
import type { HeaderField } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";
import { formatAddress } from "../../../net/address.ts";
import type { RequestFacts, StoredRequest } from "../records/stored_request.ts";
import type { Chain, ChainLink } from "../rules/chain.ts";
import type { TappedConnection } from "./tapped_connection.ts";

/** A request on its way. */
export interface Capture {
  /** The request. */
  readonly request: HttpRequest;
  /** The context of the request. */
  readonly context: RequestContext;
  /** The connection that it came on. */
  readonly connection: TappedConnection;
  /** Offset of its first byte from the first byte of the connection. */
  readonly start: number;
  /** The chain of the request. */
  readonly chain: Chain;
  /** The chain as seen from the outermost function. */
  readonly trap: ChainLink;
  /** When its head was complete, in microseconds. */
  readonly startMicros: number;
  /** The bin that it belongs to. */
  readonly bin: string | undefined;
}

/** How the reading of a request ended. */
export type Outcome = Pick<RequestFacts, "end" | "malformed">;

/** A request that has been read, and is not listed yet. */
export interface ReadRequest {
  /** The request. */
  readonly stored: StoredRequest;
  /** How reading ended. */
  readonly outcome: Outcome;
}

/**
 * The facts of a request.
 *
 * @param headBytes bytes of the head with its empty line; 0 if the head was not understood
 */
export function factsOf(
  { request, context, connection, chain, bin }: Capture,
  { end, malformed }: Outcome,
  headBytes: number,
): RequestFacts {
  const facts: Writable<RequestFacts> = {
    id: chain.id,
    remote: remoteTextOf(context, connection),
    local: connection.localText,
    isEncrypted: context.isEncrypted,
    method: request.method,
    target: request.target,
    version: request.method === "" ? "" : request.version,
    trailers: trailersOf(request),
    headBytes,
    bodyBytes: request.body.receivedBytes,
    isChunked: request.body.length === undefined,
    chain: chain.records,
    end,
  };
  if (end !== "complete") facts.headers = [...request.headers];
  if (malformed !== undefined) facts.malformed = malformed;
  if (bin !== undefined) facts.bin = bin;
  return facts;
}

/** The client's end as text: of all requests of a connection the same one, unless proxies speak for others. */
export function remoteTextOf({ remote }: RequestContext, connection: TappedConnection): string {
  return remote === connection.remote ? connection.remoteText : formatAddress(remote);
}

const NO_FIELDS: readonly HeaderField[] = Object.freeze([]);

function trailersOf({ body }: HttpRequest): readonly HeaderField[] {
  return body.length === undefined ? [...body.trailers] : NO_FIELDS;
}

/** The bin of a path: its first segment, as sent; "" for the root. */
export function binOf(path: string): string {
  const start = path.startsWith("/") ? 1 : 0;
  const end = path.indexOf("/", start);
  return end < 0 ? path.slice(start) : path.slice(start, end);
}
