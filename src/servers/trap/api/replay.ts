// Sends requests again, and keeps the responses.

import { lookup } from "node:dns/promises";
import type { Clock } from "../../../base/clock.ts";
import { messageOfError } from "../../../base/error_text.ts";
import { joinBytes } from "../../../bytes/join_bytes.ts";
import { HttpError } from "../../../http/errors.ts";
import { type TcpAddress, tcpAddress } from "../../../net/address.ts";
import type { Connection } from "../../../net/connection.ts";
import type { Journal } from "../capture/journal.ts";
import { ByteSlab } from "../records/byte_slab.ts";
import type { MicroClock } from "../records/micro_clock.ts";
import type { ResponseRecord } from "../records/request_record.ts";
import type { RequestStore } from "../store/request_store.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import { toResponseRecord } from "../records/stored_response.ts";
import type { SignatureChecker } from "../signatures/signature_checker.ts";
import type { Exchange } from "../upstream/exchange.ts";
import { encodeSentHead } from "../upstream/sent_head.ts";
import { UpstreamClient } from "../upstream/upstream_client.ts";
import { isLoopbackAddress, isPrivateAddress } from "./private_addresses.ts";
import type { ReplayRequest } from "./replay_request.ts";

/** The addresses that requests may be sent to again: public ones, those of this machine too, or all. */
export type ReplayReach = "public" | "loopback" | "private";

/** Options of {@linkcode Replayer}. */
export interface ReplayOptions {
  /** The addresses that requests may be sent to. */
  readonly reach: ReplayReach;
  /** For the time limit. */
  readonly clock: Clock;
  /** The clock of the bytes. */
  readonly now: MicroClock;
  /** Called with the response. */
  readonly store: RequestStore;
  /** Signs the request again. */
  readonly signatures: SignatureChecker;
  /** Called after a request was sent again. */
  readonly journal: Journal;
  /** How many bytes of a response are kept. */
  readonly maxKeptBytes: number;
  /** Opens a connection. */
  readonly connect: (address: TcpAddress) => Promise<Connection>;
  /** Opens a connection over TLS, to a server with this name. */
  readonly connectTls: (address: TcpAddress, serverName: string) => Promise<Connection>;
  /** Resolves a name to addresses; by default with the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

const TIMEOUT_MS = 30_000;

/** A request as it is sent. */
interface Outgoing {
  readonly method: string;
  readonly bytes: Uint8Array;
  /** Whether the end is repeated too: if the client left, this one leaves as well. */
  readonly isCutOff: boolean;
}

/** Sends requests again. */
export class Replayer {
  readonly #options: ReplayOptions;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /**
   * Sends a request to a server, and keeps the response with it.
   *
   * @returns the response
   * @throws {HttpError} 403 for an address that is not allowed, 409 for a request whose bytes are not all
   *   kept or whose head was not understood, 502 when the server cannot be reached or its bytes are not HTTP,
   *   504 when it takes too long
   */
  async replay(request: StoredRequest, replay: ReplayRequest): Promise<ResponseRecord> {
    const { url } = replay;
    const outgoing = replay.isExact ? exactBytes(request) : this.#rebuild(request, replay);
    // Connects to the address that was checked: the next look-up of the name may give another one.
    const address = tcpAddress(await this.#findAddress(url.hostname), url.port);
    const exchange = await this.#exchange(
      outgoing,
      () =>
        url.isEncrypted ? this.#options.connectTls(address, url.hostname) : this.#options.connect(address),
    );
    return this.#keep(request, { replay, outgoing, exchange });
  }

  /** Corrects Host and Content-Length, and signs again. */
  #rebuild({ facts, headers: fields, wire, body }: StoredRequest, replay: ReplayRequest): Outgoing {
    const method = replay.method ?? facts.method;
    const wanted = replay.target ?? facts.target;
    if (method === "" || wanted === "") {
      throw new HttpError(
        409,
        "Cannot send the request: its head was not understood; its bytes can be sent with exact",
      );
    }
    if (wire.isCut && replay.body === undefined) throw notKept();
    const content = replay.body ?? body;
    const edited = replay.changeHeaders(fields);
    const target = this.#options.signatures.renewTarget(wanted, { headers: edited, content });
    const href = `${replay.url.isEncrypted ? "https" : "http"}://${replay.url.host}${target}`;
    const signature = this.#options.signatures.sign({ headers: edited, content, urls: [href] }) ?? [];
    const signed = new Set(signature.map(([name]) => name.toLowerCase()));
    const headers = [...edited.filter(([name]) => !signed.has(name.toLowerCase())), ...signature];
    const hasLength = content.length > 0 || ["POST", "PUT", "PATCH"].includes(method);
    const head = encodeSentHead({
      method,
      target,
      headers: hasLength ? headers : headers.filter(([name]) => name.toLowerCase() !== "content-length"),
      host: replay.url.host,
      framing: hasLength ? { kind: "length", length: content.length } : { kind: "as-sent" },
    });
    return { method, bytes: joinBytes([head, content]), isCutOff: false };
  }

  async #findAddress(hostname: string): Promise<string> {
    const addresses = await this.#resolve(hostname);
    const [first] = addresses;
    if (first === undefined) {
      throw new HttpError(502, `Cannot replay the request: ${hostname} has no address`);
    }
    const refused = addresses.find((address) => !this.#isAllowed(address));
    if (refused === undefined) return first;
    throw new HttpError(
      403,
      `Cannot replay the request: ${refused} is a private address, allowed with --replay-private only`,
    );
  }

  #isAllowed(address: string): boolean {
    const { reach } = this.#options;
    if (reach === "private" || !isPrivateAddress(address)) return true;
    return reach === "loopback" && isLoopbackAddress(address);
  }

  async #resolve(hostname: string): Promise<readonly string[]> {
    try {
      return await (this.#options.resolve ?? resolveWithSystem)(hostname);
    } catch (cause) {
      throw badGateway(messageOfError(cause), cause);
    }
  }

  async #exchange(outgoing: Outgoing, connect: () => Promise<Connection>): Promise<Exchange> {
    const { clock, now, maxKeptBytes } = this.#options;
    const client = new UpstreamClient({
      clock,
      now,
      slab: new ByteSlab(),
      maxKeptBytes,
      maxIdle: 0,
      connect,
    });
    const { method, bytes, isCutOff } = outgoing;
    const { exchange, connection } = await client.begin({ method, bytes, isRepeatable: false });
    const stop = clock.after(
      TIMEOUT_MS,
      () => exchange.finish({ end: "timeout", reason: `no response within ${TIMEOUT_MS} ms` }),
    );
    try {
      if (isCutOff) connection?.finishSending();
      await new Promise<void>((resolve) => exchange.whenReady(resolve));
      // The exchange holds how it ended.
      await exchange.discardContent().catch(() => {});
      return exchange;
    } finally {
      stop();
      client.close();
    }
  }

  #keep(
    request: StoredRequest,
    { replay, outgoing, exchange }: {
      readonly replay: ReplayRequest;
      readonly outgoing: Outgoing;
      readonly exchange: Exchange;
    },
  ): ResponseRecord {
    const { clock, store, journal } = this.#options;
    const isLate = exchange.end?.end === "timeout";
    const response = exchange.toStored("replayed", isLate ? 504 : 502);
    const { href } = replay.url;
    const at = new Date(clock.nowMs()).toISOString();
    request.addReplay({ facts: { at, url: href, method: outgoing.method, exact: replay.isExact }, response });
    store.change(request);
    const { end, reason, status } = response.facts;
    journal.note(`sent again to ${href}: ${reason ?? status}`, request.id);
    if (end === "complete") return toResponseRecord(response);
    if (isLate) throw new HttpError(504, `Cannot replay the request: ${reason}`);
    throw badGateway(reason ?? end);
  }
}

function exactBytes({ facts, wire }: StoredRequest): Outgoing {
  if (wire.isCut) throw notKept();
  return { method: facts.method, bytes: wire.kept.slice(), isCutOff: facts.end !== "complete" };
}

function notKept(): HttpError {
  return new HttpError(409, "Cannot replay the request: only its beginning is kept");
}

async function resolveWithSystem(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

function badGateway(reason: string, cause?: unknown): HttpError {
  return new HttpError(502, `Cannot replay the request: ${reason}`, { cause });
}
