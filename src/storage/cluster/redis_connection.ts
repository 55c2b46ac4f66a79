import type { Buffer } from "node:buffer";
import type { NodeAddress } from "./store_address.ts";

/** A reply of a server: status lines and numbers as such, all other text as bytes. */
export type Reply = string | number | Buffer | null | readonly Reply[];

/** One command: its name and its arguments. */
export type RedisCommand = readonly (string | Buffer)[];

/** A connection to one server. Commands are sent in the order of the calls, and replies come in the same order. */
export interface RedisConnection {
  /** False once the connection has ended. */
  readonly isOpen: boolean;
  /**
   * Sends a command.
   *
   * @throws {ReplyError} the server refused it
   * @throws {StoreError} the connection ended before the reply came, or too many commands wait
   */
  send(command: RedisCommand): Promise<Reply>;
  /** Ends the connection; commands without a reply fail. May be called twice. */
  close(): void;
}

/** A connection that receives messages instead of sending commands. */
export interface RedisSubscription {
  /** Stops listening. May be called twice. */
  close(): void;
}

/** How a channel is listened to. */
export interface ListenRequest {
  /** The server to ask. */
  readonly node: NodeAddress;
  /** The channel. */
  readonly channel: string;
  /** Takes one message. */
  readonly onMessage: (message: string) => void;
  /** No more messages come. */
  readonly onEnd: () => void;
}

/** Opens connections; made once from the credentials. */
export interface RedisConnector {
  /**
   * Opens a connection and authenticates.
   *
   * @param signal ends the attempt
   * @throws {ReplyError} the server does not let us in
   * @throws {StoreError} no node can be reached, or none replies within the time-out
   */
  connect(node: NodeAddress, signal?: AbortSignal): Promise<RedisConnection>;
  /** Listens to a channel. Throws like {@linkcode RedisConnector.connect}. */
  subscribe(request: ListenRequest): Promise<RedisSubscription>;
}

/** A refusal by a server: `code` is its first word, such as `MOVED` or `OOM`. */
export class ReplyError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "ReplyError";
  /** The word for programs. */
  readonly code: string;

  /** Makes an error. @param text the server's message */
  constructor(text: string) {
    super(text);
    this.code = text.split(" ", 1)[0]!;
  }
}

/** The store, or a part of it, cannot be reached, refuses, or was too slow. */
export class StoreError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "StoreError";
}
