// Sends the bytes of a request again, to another server, exactly as they came.

import { lookup } from "node:dns/promises";
import { messageOfError } from "../../../base/error_text.ts";
import type { Clock } from "../../../base/clock.ts";
import { HttpError } from "../../../http/errors.ts";
import { type NetAddress, type TcpAddress, tcpAddress } from "../../../net/address.ts";
import type { Connection } from "../../../net/connection.ts";
import type { StoredRequest } from "../records/stored_request.ts";
import { isPrivateAddress } from "./private_addresses.ts";
import { readAnswer, type ReceivedAnswer } from "./response_reader.ts";

/** Options of {@linkcode Replayer}. */
export interface ReplayOptions {
  /** Whether private and loopback addresses are allowed. */
  readonly allowsPrivate: boolean;
  /** For the time limit. */
  readonly clock: Clock;
  /** Opens a connection. */
  readonly connect: (address: NetAddress) => Promise<Connection>;
  /** Finds the addresses of a name; default that of the system. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

const TIMEOUT_MS = 30_000;

/** Replays requests. */
export class Replayer {
  readonly #options: ReplayOptions;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /**
   * Sends a request to a server.
   *
   * @param url `http://host:port`, as the client gave it
   * @returns what came back
   * @throws {HttpError} 400 for another URL, 403 for an address that is not allowed, 409 for a request of which not all
   *   bytes are kept, 502 when the server cannot be reached or answers no HTTP, 504 when it takes too long
   */
  async replay(request: StoredRequest, url: unknown): Promise<ReceivedAnswer> {
    const target = parseOrigin(url);
    if (request.wire.isCut) throw new HttpError(409, "Cannot replay the request: only its beginning is kept");
    // The address that was checked is the one that is used: a name may point elsewhere the next time it is asked.
    const hostname = await this.#findAddress(target.hostname);
    return await this.#exchange(request, tcpAddress(hostname, target.port));
  }

  async #findAddress(hostname: string): Promise<string> {
    const addresses = await this.#resolve(hostname);
    const [first] = addresses;
    if (first === undefined) {
      throw new HttpError(502, `Cannot replay the request: ${hostname} has no address`);
    }
    const refused = this.#options.allowsPrivate ? undefined : addresses.find(isPrivateAddress);
    if (refused === undefined) return first;
    throw new HttpError(
      403,
      `Cannot replay the request: ${refused} is a private address, allowed with --replay-private only`,
    );
  }

  async #resolve(hostname: string): Promise<readonly string[]> {
    try {
      return await (this.#options.resolve ?? resolveWithSystem)(hostname);
    } catch (cause) {
      throw badGateway(cause);
    }
  }

  async #exchange(request: StoredRequest, address: NetAddress): Promise<ReceivedAnswer> {
    let connection: Connection | undefined;
    let isLate = false;
    const stop = this.#options.clock.every(TIMEOUT_MS, () => {
      isLate = true;
      connection?.close();
    });
    try {
      connection = await this.#options.connect(address);
      return await sendAndRead(connection, request);
    } catch (cause) {
      if (!isLate) throw badGateway(cause);
      throw new HttpError(504, `Cannot replay the request: no answer within ${TIMEOUT_MS} ms`, { cause });
    } finally {
      stop();
      connection?.close();
    }
  }
}

async function sendAndRead(connection: Connection, { facts, wire }: StoredRequest): Promise<ReceivedAnswer> {
  // A server may answer before it has read everything, and then stop reading: that is an answer all the same.
  // What was cut off by its client is cut off again.
  connection.write(wire.kept.slice())
    .then(() => facts.end === "complete" ? undefined : connection.closeWrite())
    .catch(() => {});
  return await readAnswer((buffer) => connection.read(buffer), facts.method);
}

function parseOrigin(url: unknown): TcpAddress {
  const parsed = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  const isOrigin = parsed !== undefined && parsed.protocol === "http:" && parsed.pathname === "/" &&
    parsed.search === "" && parsed.hash === "" && parsed.username === "" && parsed.password === "";
  if (!isOrigin) {
    throw new HttpError(
      400,
      `Cannot read url: expected http://host:port, got ${JSON.stringify(url) ?? "nothing"}`,
    );
  }
  const port = parsed.port === "" ? 80 : Number(parsed.port);
  return tcpAddress(parsed.hostname.replace(/^\[(.*)\]$/, "$1"), port);
}

async function resolveWithSystem(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

function badGateway(cause: unknown): HttpError {
  return new HttpError(502, `Cannot replay the request: ${messageOfError(cause)}`, { cause });
}
