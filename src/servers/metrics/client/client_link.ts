import { ownMessageOf } from "../../../base/error_text.ts";
import type { Connection } from "../../../net/connection.ts";
import { connect } from "../../../net/listen.ts";
import { ClientError, ClientSocketError } from "./client_errors.ts";
import { ReplyReader } from "./reply_reader.ts";
import type { AwaitedReply } from "./reply_targets.ts";

const READ_BYTES = 65_536;

/** One connection of a client, and the calls that wait for a reply over it. */
export class ClientLink {
  /** Whether it takes more calls; it does as soon as it is made. */
  isOpen = true;
  /** Whether anything has come over it. */
  hasAnswered = false;
  /** Whether the peer has ended it between two replies. */
  hasEndedQuietly = false;
  readonly #connection: Promise<Connection>;
  readonly #waiting: AwaitedReply[] = [];
  readonly #reader = new ReplyReader();

  /** Begins to connect. */
  constructor(hostname: string, port: number) {
    this.#connection = connect({ hostname, port });
    void this.#receive();
  }

  /** Sends a command; the target hears of the reply, or that none will come. */
  send(line: Uint8Array, reply: AwaitedReply): void {
    this.#waiting.push(reply);
    void this.#write(line);
  }

  /** Closes the connection; all waiting callers get the error. */
  end(error: ClientError): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    // A connection that never opened has nothing to close; the callers learn of it by their own calls.
    this.#connection.then((connection) => connection.close(), () => {});
    for (const reply of this.#waiting.splice(0)) reply.fail(error);
  }

  async #write(line: Uint8Array): Promise<void> {
    try {
      const connection = await this.#connection;
      await connection.write(line);
    } catch (cause) {
      this.#endByPeer(cause);
    }
  }

  async #receive(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      const connection = await this.#connection;
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) throw new ClientSocketError("Cannot read: the server closed the connection");
        this.hasAnswered = true;
        this.#reader.push(buffer.subarray(0, count), this.#waiting);
        await this.#waiting[0]?.whenTaken();
      }
    } catch (cause) {
      this.#endByPeer(cause);
    }
  }

  #endByPeer(cause: unknown): void {
    const error = toClientError(cause);
    this.hasEndedQuietly ||= this.isOpen && error instanceof ClientSocketError && !this.#reader.isInReply;
    this.end(error);
  }
}

function toClientError(cause: unknown): ClientError {
  if (cause instanceof ClientError) return cause;
  return new ClientSocketError(ownMessageOf(cause), { cause });
}
