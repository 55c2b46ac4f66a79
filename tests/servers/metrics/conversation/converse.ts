import { tcpAddress } from "../../../../src/net/address.ts";
import { Buffer } from "node:buffer";
import { SYSTEM_CLOCK } from "../../../../src/base/clock.ts";
import { LineDecoder } from "../../../../src/bytes/line_decoder.ts";
import { ClientLoop, ReadBuffers } from "../../../../src/servers/metrics/conversation/client_loop.ts";
import { CommandReader } from "../../../../src/servers/metrics/protocol/command_reader.ts";
import { MemoryStore } from "../../../../src/servers/metrics/samples/memory_store.ts";
import { LargeReplies } from "../../../../src/servers/metrics/conversation/large_replies.ts";
import { ReplyPool } from "../../../../src/servers/metrics/conversation/reply_buffer.ts";
import { createCounts } from "../../../../src/servers/metrics/server_counts.ts";
import { Session } from "../../../../src/servers/metrics/conversation/session.ts";
import type { SessionEvents } from "../../../../src/servers/metrics/conversation/session_parts.ts";
import { WorkTurns } from "../../../../src/servers/metrics/conversation/work_turns.ts";
import type { MetricStore } from "../../../../src/servers/metrics/store.ts";
import type { Connection, Receiver, Sender } from "../../../../src/net/connection.ts";
import { bytesOf } from "../../../support/latin1.ts";

const REMOTE = tcpAddress("127.0.0.1", 1);

/** The result of a conversation. */
export interface Conversation {
  /** All bytes sent, as latin1 text. */
  readonly text: string;
  /** The number of bytes of each write. */
  readonly writes: readonly number[];
}

/** Delivers the chunks to a server without a network, each as one read, then FIN; settles when it has closed. */
export async function converse(
  chunks: readonly Uint8Array[],
  store: MetricStore = new MemoryStore(),
  events: SessionEvents = {},
): Promise<Conversation> {
  const connection = new ScriptedConnection(chunks);
  await converseOver(connection, store, events);
  return { text: connection.text, writes: connection.writes };
}

/** The part of a connection that a conversation needs. */
export type ServedConnection = Pick<
  Connection,
  "receive" | "write" | "transmit" | "closeWrite" | "close" | "remote"
>;

/** Writes with a promise, and reports as `transmit` of a connection does. */
export function transmitOver(connection: Pick<Connection, "write">, bytes: Uint8Array, sender: Sender): void {
  connection.write(bytes).then(() => sender.onSent(), (error) => sender.onSendFailed(error));
}

/** Lets the server talk over a connection until it has closed. */
export async function converseOver(
  connection: ServedConnection,
  store: MetricStore = new MemoryStore(),
  events: SessionEvents = {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onEnd = (error: unknown): void => error === undefined ? resolve() : reject(error);
    createLoop(connection, onEnd, { store, events }).start();
  });
}

/** Makes the loop that talks over a connection; {@linkcode ClientLoop.start} starts it. */
export function createLoop(
  connection: ServedConnection,
  onEnd: (error?: unknown) => void,
  { store = new MemoryStore(), events = {}, largeReplies = new LargeReplies(67_108_864) }: {
    readonly store?: MetricStore;
    readonly events?: SessionEvents;
    readonly largeReplies?: LargeReplies;
  } = {},
): ClientLoop {
  const parts = {
    store,
    commands: new CommandReader(),
    replies: new ReplyPool(),
    turns: new WorkTurns(),
    largeReplies,
    counts: createCounts(),
    events,
  };
  const session = new Session(parts, connection, new LineDecoder());
  return new ClientLoop({ connection, session, buffers: new ReadBuffers(), clock: SYSTEM_CLOCK, onEnd });
}

/** Makes a connection that has the same bytes for every read, and takes no write until it is released; then FIN. */
export function createStalledConnection(input: string): {
  readonly connection: ServedConnection;
  readonly counts: { reads: number; writes: number };
  letGo(): void;
} {
  const counts = { reads: 0, writes: 0 };
  const taken = Promise.withResolvers<void>();
  const connection: ServedConnection = {
    remote: REMOTE,
    receive: (buffer, receiver) => {
      counts.reads++;
      if (counts.reads === 1) buffer.set(bytesOf(input));
      const count = counts.reads === 1 ? input.length : null;
      queueMicrotask(() => receiver.onReceived(count));
    },
    write: () => {
      counts.writes++;
      return taken.promise;
    },
    transmit: (bytes, sender) => transmitOver(connection, bytes, sender),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
  return { connection, counts, letGo: () => taken.resolve() };
}

class ScriptedConnection {
  readonly remote = REMOTE;
  text = "";
  readonly writes: number[] = [];
  readonly #chunks: Uint8Array[];

  constructor(chunks: readonly Uint8Array[]) {
    this.#chunks = chunks.filter((chunk) => chunk.length > 0);
  }

  receive(buffer: Uint8Array, receiver: Receiver): void {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return queueMicrotask(() => receiver.onReceived(null));
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count < chunk.length) this.#chunks.unshift(chunk.subarray(count));
    queueMicrotask(() => receiver.onReceived(count));
  }

  write(bytes: Uint8Array): Promise<void> {
    this.writes.push(bytes.length);
    this.text += Buffer.from(bytes).toString("latin1");
    return Promise.resolve();
  }

  transmit(bytes: Uint8Array, sender: Sender): void {
    transmitOver(this, bytes, sender);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}
