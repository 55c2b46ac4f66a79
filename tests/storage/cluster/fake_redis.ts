// Servers without a network: a function of the test replies to each command of a connection.

import {
  type RedisCommand,
  type RedisConnection,
  type RedisConnector,
  type Reply,
  ReplyError,
  StoreError,
} from "../../../src/storage/cluster/redis_connection.ts";
import { type NodeAddress, showNode } from "../../../src/storage/cluster/store_address.ts";

/** The reply of a server to a command; `never` for a stopped server, `gone` for one that ends the connection. */
export type Script = (command: string, node: string) => Reply | ReplyError | "never" | "gone";

/** Servers that reply as the script says, and the commands that they got. */
export interface FakeRedis {
  readonly connector: RedisConnector;
  /** Each command as `host:port#CONNECTION WORDS`, the connections of a server numbered from 1. */
  readonly sent: string[];
}

/**
 * Makes servers. A server whose script says `gone` to CONNECT cannot be reached; one that says `never` lets nobody in,
 * and does not say so.
 */
export function createFakeRedis(script: Script): FakeRedis {
  const sent: string[] = [];
  const counts = new Map<string, number>();
  const connect = (address: NodeAddress): Promise<RedisConnection> => {
    const node = showNode(address);
    const number = (counts.get(node) ?? 0) + 1;
    counts.set(node, number);
    const reply = script("CONNECT", node);
    if (reply instanceof ReplyError) return Promise.reject(reply);
    if (reply === "gone") return Promise.reject(new StoreError(`Cannot reach ${node}: refused`));
    if (reply === "never") return new Promise(() => {});
    return Promise.resolve(
      new FakeConnection(`${node}#${number}`, (command) => {
        sent.push(`${node}#${number} ${command}`);
        return script(command, node);
      }),
    );
  };
  return {
    sent,
    connector: { connect, subscribe: () => Promise.resolve({ close: () => {} }) },
  };
}

class FakeConnection implements RedisConnection {
  isOpen = true;
  readonly #name: string;
  readonly #say: (command: string) => ReturnType<Script>;
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(name: string, say: (command: string) => ReturnType<Script>) {
    this.#name = name;
    this.#say = say;
  }

  send(command: RedisCommand): Promise<Reply> {
    if (!this.isOpen) return Promise.reject(new StoreError(`Cannot reach ${this.#name}: closed`));
    const reply = this.#say(command.join(" "));
    if (reply === "gone") this.close();
    if (reply instanceof ReplyError) return Promise.reject(reply);
    if (reply === "never") return new Promise((_resolve, reject) => this.#waiting.add(reject));
    if (reply === "gone") return Promise.reject(new StoreError(`Cannot reach ${this.#name}: gone`));
    return Promise.resolve(reply);
  }

  close(): void {
    this.isOpen = false;
    for (const reject of this.#waiting) reject(new StoreError(`Cannot reach ${this.#name}: closed`));
    this.#waiting.clear();
  }
}
