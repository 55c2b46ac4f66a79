// A listener for connections that begin with the PROXY protocol: each is handed out when its client is known.

import { type Clock, SYSTEM_CLOCK } from "../../base/clock.ts";
import type { NetAddress } from "../address.ts";
import {
  type Connection,
  ConnectionError,
  type Listener,
  type Receiver,
  type Sender,
} from "../connection.ts";
import { type ConnectionEnds, MAX_PREFACE_BYTES, parsePreface } from "./proxy_preface.ts";
import { SocketListener } from "../socket_listener.ts";
import type { TrustedProxies } from "./trusted_proxies.ts";
import { StreamConnection } from "../web_streams.ts";

/** Settings of {@linkcode withProxyProtocol}. */
export interface ProxyProtocolOptions {
  /**
   * Peers that send a preface; connections of others are taken without one. Default: all peers send one.
   */
  readonly trusted?: TrustedProxies | undefined;
  /** The time that a preface may take, in milliseconds; default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Called for each connection that is closed because its preface is wrong, late or missing; optional. */
  readonly onError?: ((error: ConnectionError, peer: NetAddress) => void) | undefined;
  /** The clock; default that of the system. */
  readonly clock?: Clock | undefined;
}

/** Makes the connection to hand out from one with its preface read. */
export type FinishConnection = (connection: Connection, ends: ConnectionEnds, rest: Uint8Array) => Connection;

const DEFAULT_TIMEOUT_MS = 5_000;
// The most connections without their preface; beyond it, the one that has waited longest is closed.
const MAX_WAITING = 1_024;
// How long accepting rests after a failure: without descriptors, accepting at once would only spin.
const ACCEPT_RETRY_MS = 100;

/**
 * Makes a listener that reads the preface of each connection, and gives the connection the ends that it
 * names.
 *
 * Connections wait for their preface side by side, for a limited time. Closing one of them never ends the
 * listener.
 *
 * @param finish makes the connection to hand out; default a connection with the named ends
 */
export function withProxyProtocol<Address extends NetAddress>(
  listener: Listener<Address>,
  options: ProxyProtocolOptions,
  finish: FinishConnection = giveEnds,
): Listener<Address> {
  return new ProxyProtocolListener(listener, options, finish);
}

function giveEnds(connection: Connection, ends: ConnectionEnds, rest: Uint8Array): Connection {
  return ends === connection && rest.length === 0
    ? connection
    : new ProxiedConnection(connection, ends, rest);
}

class ProxyProtocolListener<Address extends NetAddress> extends SocketListener<Address> {
  readonly #listener: Listener;
  readonly #options: ProxyProtocolOptions;
  readonly #finish: FinishConnection;
  readonly #waiting = new Set<PrefaceReader>();
  #isAccepting = false;

  constructor(listener: Listener<Address>, options: ProxyProtocolOptions, finish: FinishConnection) {
    const { address, isEncrypted } = listener;
    super({
      address,
      isEncrypted,
      reload: (tls) => listener.reload(tls),
      stop: () => this.#stop(),
      unref: () => listener.unref?.(),
    });
    this.#listener = listener;
    this.#options = options;
    this.#finish = finish;
  }

  override accept(): Promise<Connection | null> {
    if (!this.#isAccepting) {
      this.#isAccepting = true;
      void this.#acceptAll();
    }
    return super.accept();
  }

  async #acceptAll(): Promise<void> {
    const { clock = SYSTEM_CLOCK } = this.#options;
    for (;;) {
      try {
        const connection = await this.#listener.accept();
        if (connection === null) return this.close();
        this.#take(connection);
      } catch (error) {
        this.onFailure(error as ConnectionError);
        await new Promise<void>((resolve) => clock.after(ACCEPT_RETRY_MS, resolve));
      }
    }
  }

  #take(connection: Connection): void {
    const { trusted, timeoutMs = DEFAULT_TIMEOUT_MS, onError, clock = SYSTEM_CLOCK } = this.#options;
    if (trusted?.trusts(connection.remote) === false) {
      return this.onConnection(this.#finish(connection, connection, NOTHING));
    }
    const reader = new PrefaceReader(connection);
    const stopTimer = clock.after(timeoutMs, () => reader.giveUp(`nothing complete within ${timeoutMs} ms`));
    this.#waiting.add(reader);
    reader.read((result) => {
      stopTimer();
      this.#waiting.delete(reader);
      if (result.kind === "read") {
        return this.onConnection(this.#finish(connection, result.ends, result.rest));
      }
      connection.close();
      onError?.(result.error, connection.remote);
    });
    if (this.#waiting.size > MAX_WAITING) {
      const [oldest] = this.#waiting;
      oldest!.giveUp(`${MAX_WAITING} others are waiting`);
    }
  }

  #stop(): void {
    this.#listener.close();
    for (const reader of this.#waiting) reader.giveUp("the server stops");
  }
}

type PrefaceResult =
  | { readonly kind: "read"; readonly ends: ConnectionEnds; readonly rest: Uint8Array }
  | { readonly kind: "failed"; readonly error: ConnectionError };

const NOTHING = new Uint8Array(0);

/** Reads the preface of one connection. */
class PrefaceReader implements Receiver {
  readonly #connection: Connection;
  readonly #buffer = new Uint8Array(MAX_PREFACE_BYTES);
  #size = 0;
  #settle: ((result: PrefaceResult) => void) | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @param settle called once, later */
  read(settle: (result: PrefaceResult) => void): void {
    this.#settle = settle;
    this.#connection.receive(this.#buffer, this);
  }

  /** Stops reading. @param state the reason, as in an error message */
  giveUp(state: string): void {
    this.#fail(new ConnectionError("bad-preface", `Cannot read the preface of a proxy: ${state}`));
  }

  onReceived(count: number | null): void {
    if (this.#settle === undefined) return;
    if (count === null) return this.giveUp("the peer has ended");
    this.#size += count;
    try {
      this.#parse();
    } catch (error) {
      this.#fail(error as ConnectionError);
    }
  }

  onReceiveFailed(error: unknown): void {
    this.#fail(error as ConnectionError);
  }

  #parse(): void {
    const bytes = this.#buffer.subarray(0, this.#size);
    const preface = parsePreface(bytes);
    if (preface === undefined) return this.#connection.receive(this.#buffer.subarray(this.#size), this);
    const rest = bytes.subarray(preface.length);
    this.#end({ kind: "read", ends: preface.ends ?? this.#connection, rest });
  }

  #fail(error: ConnectionError): void {
    this.#end({ kind: "failed", error });
  }

  #end(result: PrefaceResult): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
  }
}

/** A connection with the ends that its preface names. */
class ProxiedConnection extends StreamConnection {
  readonly local: NetAddress;
  readonly remote: NetAddress;
  readonly isEncrypted: boolean;
  readonly #connection: Connection;
  // Bytes that came with the preface, and were not received yet.
  #rest: Uint8Array;

  constructor(connection: Connection, { local, remote }: ConnectionEnds, rest: Uint8Array) {
    super();
    this.local = local;
    this.remote = remote;
    this.isEncrypted = connection.isEncrypted;
    this.#connection = connection;
    this.#rest = rest;
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    const count = Math.min(this.#rest.length, buffer.length);
    if (count === 0) return this.#connection.receive(buffer, receiver);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    queueMicrotask(() => receiver.onReceived(count));
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    this.#connection.transmit(bytes, sender);
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  holdBack(): number {
    return this.#rest.length + (this.#connection.holdBack?.() ?? 0);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    this.#rest = NOTHING;
    this.#connection.close();
  }
}
