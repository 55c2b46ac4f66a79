import { type Connection, ConnectionError, type Receiver, type Sender } from "../../../net/connection.ts";
import type { Exchange, ExchangeWire } from "./exchange.ts";

const BUFFER_BYTES = 32_768;

/** A connection to a server, with one exchange at a time. While it is idle it is watched: a server may close it. */
export class UpstreamConnection implements Receiver, Sender, ExchangeWire {
  /** Whether it has carried an exchange before. */
  isReused = false;
  readonly #connection: Connection;
  readonly #onIdle: (connection: UpstreamConnection) => boolean;
  readonly #onGone: (connection: UpstreamConnection) => void;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #exchange: Exchange | undefined;
  #isReading = false;

  /**
   * Wraps a connection.
   *
   * @param onIdle called when another exchange may begin; returns false if none is waiting
   * @param onGone called when it cannot be used any more
   */
  constructor(
    connection: Connection,
    onIdle: (connection: UpstreamConnection) => boolean,
    onGone: (connection: UpstreamConnection) => void,
  ) {
    this.#connection = connection;
    this.#onIdle = onIdle;
    this.#onGone = onGone;
  }

  /** Begins an exchange. @param bytes of the request: all, or its head; they must not change */
  begin(exchange: Exchange, bytes: Uint8Array): void {
    this.#exchange = exchange;
    exchange.begin(this);
    this.#connection.transmit(bytes, this);
    this.read();
  }

  /**
   * Sends more of the request. The reader of the response meets a failure, because a server may refuse early.
   */
  async send(bytes: Uint8Array): Promise<void> {
    this.#exchange?.touch();
    try {
      await this.#connection.write(bytes);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }

  /** The request breaks off: no more of it comes, though more was promised. */
  async finishSending(): Promise<void> {
    await this.#connection.closeWrite();
  }

  read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#connection.receive(this.#buffer, this);
  }

  release(mayLiveOn: boolean): void {
    this.#exchange = undefined;
    this.isReused = true;
    if (mayLiveOn && this.#onIdle(this)) this.read();
    else this.close();
  }

  /** Closes it. */
  close(): void {
    this.#connection.close();
  }

  /** Called back by the connection. */
  onReceived(count: number | null): void {
    this.#isReading = false;
    const exchange = this.#exchange;
    if (exchange === undefined) this.#dismiss();
    else if (count === null) exchange.onFinished();
    else exchange.onBytes(this.#buffer, count);
  }

  /** Called back by the connection. */
  onReceiveFailed(error: unknown): void {
    this.#isReading = false;
    if (this.#exchange === undefined) this.#dismiss();
    else this.#exchange.onLost(error);
  }

  /** Called back by the connection. */
  onSent(): void {}

  /** Called back by the connection. The next read meets a lost connection. */
  onSendFailed(): void {}

  #dismiss(): void {
    this.#onGone(this);
    this.close();
  }
}
