// Bytes that are left on a tape when its connection ends: those after the last request, or the start of
// another one.

import type { RequestHead } from "../../../http/tokens/head/request_head.ts";
import { HttpTokenizer } from "../../../http/tokens/tokenizer.ts";
import { formatAddress } from "../../../net/address.ts";
import { Chain, type ChainTools } from "../rules/chain.ts";
import type { LogMasks } from "./log_masks.ts";
import type { TrapIds } from "../records/request_ids.ts";
import type { RequestStore } from "../store/request_store.ts";
import { type RequestFacts, StoredRequest } from "../records/stored_request.ts";
import type { TappedConnection } from "./tapped_connection.ts";
import type { WireBytes } from "../records/wire_bytes.ts";

/** Receivers of leftovers, and their settings. */
export interface LeftoverOptions extends ChainTools {
  /** Gets the requests. */
  readonly store: RequestStore;
  /** Names the requests. */
  readonly ids: TrapIds;
  /** The values that the log hides. */
  readonly masks: LogMasks;
  /** Whether the server stops: then it closes connections before their time is up. */
  readonly isStopping: boolean;
}

const CR = 0x0d;
const LF = 0x0a;

/** Gives all later bytes to the last request: the server has sent its last response. */
export function keepWithLast({ isRecording, last, tape }: TappedConnection): void {
  if (!isRecording && last !== undefined) tape.reopen(last.wire);
}

/** Records the bytes that belong to no request, once a connection is closed. */
export function recordLeftovers(connection: TappedConnection, options: LeftoverOptions): void {
  const { isRecording, last, tape } = connection;
  if (connection.tlsFailure !== undefined) return recordHandshake(connection, connection.tlsFailure, options);
  // The request that is still being read takes all bytes.
  if (isRecording) return;
  tape.absorb();
  const isReopened = tape.pending === last?.wire;
  // Empty lines begin no request; some clients send one after their content (RFC 9112 §2.2).
  const isEmptyLines = [...tape.pending].every(isLineEnds);
  if (!isReopened && isEmptyLines) keepWithLast(connection);
  if (last !== undefined && tape.pending === last.wire) {
    const more = last.wire.length - last.answeredBytes;
    if (more > 0) extend(last.request, more, options);
  } else if (tape.pendingBytes > 0) {
    // A head that does not come in time is a refused request. After empty lines, a connection is idle.
    const isTimeout = isEmptyLines && connection.isGivenUp && !options.isStopping;
    recordFragment(connection, { wire: tape.takeAll(), end: isTimeout ? "timeout" : "aborted" }, options);
  }
}

/** Records a failed handshake: there is no request, and nothing else reports it. */
function recordHandshake(connection: TappedConnection, reason: string, options: LeftoverOptions): void {
  const chain = createChain(options);
  const remote = formatAddress(connection.remote);
  chain.enter("trap").error(`no TLS with ${remote}: ${reason}`);
  options.store.add(
    new StoredRequest({
      ...emptyFacts(connection, chain),
      end: "malformed",
      tlsFailure: reason,
    }, connection.tape.takeAll()),
  );
}

function createChain(options: LeftoverOptions): Chain {
  const atMicros = options.now();
  return new Chain(options.ids.next(atMicros), atMicros, options);
}

function emptyFacts(connection: TappedConnection, chain: Chain): Omit<RequestFacts, "end"> {
  return {
    id: chain.id,
    remote: formatAddress(connection.remote),
    local: formatAddress(connection.local),
    isEncrypted: connection.isEncrypted,
    method: "",
    target: "",
    version: "",
    headers: [],
    trailers: [],
    headBytes: 0,
    bodyBytes: 0,
    isChunked: false,
    chain: chain.records,
  };
}

function extend(request: StoredRequest, more: number, { store, now, log }: LeftoverOptions): void {
  const record = {
    atMicros: now(),
    level: "info",
    where: "trap",
    message: `${more} more bytes came behind it`,
  } as const;
  request.addToChain(record);
  log?.write({ timeMicros: record.atMicros, id: request.id, ...record });
  store.change(request);
}

function isLineEnds(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === CR || byte === LF);
}

interface Fragment {
  readonly wire: WireBytes;
  readonly end: "aborted" | "timeout";
}

/** Records a request without a response: its connection was closed before its head was complete. */
function recordFragment(
  connection: TappedConnection,
  { wire, end }: Fragment,
  options: LeftoverOptions,
): void {
  const chain = createChain(options);
  const trap = chain.enter("trap");
  const remote = formatAddress(connection.remote);
  const head = readHead(wire);
  trap.info(
    head === undefined
      ? `received the beginning of a request from ${remote}`
      : `received ${head.method} ${options.masks.target(head.target)} from ${remote}`,
  );
  trap.error(
    end === "timeout"
      ? `no request came in time: the connection was idle after ${wire.length} bytes`
      : `the connection was lost after ${wire.length} bytes of a request`,
  );
  trap.info(`not answered, ${end}, 1 error`);
  options.store.add(
    new StoredRequest({
      ...emptyFacts(connection, chain),
      method: head?.method ?? "",
      target: head?.target ?? "",
      version: head?.version ?? "",
      headers: [...head?.headers ?? []],
      end,
    }, wire),
  );
}

/** Reads as much of a head as is understood. */
function readHead(wire: WireBytes): RequestHead | undefined {
  const tokenizer = new HttpTokenizer({ lineTokens: false });
  for (const bytes of wire) {
    for (const token of tokenizer.push(bytes)) {
      if (token.kind === "head-end" || token.kind === "error") return token.head;
    }
  }
  return tokenizer.partialHead;
}
