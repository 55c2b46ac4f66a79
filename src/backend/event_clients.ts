// Streams of server-sent events (HTML standard §9.2).

import { joinBytes } from "../bytes/join_bytes.ts";

const encoder = new TextEncoder();

// A browser holds one connection a page; more than this is no developer.
const MAX_CLIENTS = 1_000;
const MAX_WAITING_BYTES = 8_388_608;
// The first bytes tell the browser that the stream is open.
const OPENING = encoder.encode("retry: 500\n\n");

/**
 * Gives the first events of a stream, called at the moment from which other events go to it too.
 */
export type FirstEvents = () => Iterable<string>;

interface EventClient {
  waiting: Uint8Array[];
  waitingBytes: number;
  isOpen: boolean;
  wake: (() => void) | undefined;
}

/** Streams of server-sent events, all with the same content. */
export class EventClients {
  readonly #clients = new Set<EventClient>();

  /** Streams that are being read. */
  get size(): number {
    return this.#clients.size;
  }

  /**
   * Opens a stream. It ends with {@linkcode EventClients.close}, when its reader leaves, or when more events
   * wait for a slow reader than can be held; then a browser comes back and names the last event that it saw.
   */
  add(firstEvents: FirstEvents = () => []): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#generate(firstEvents) };
  }

  /** Sends an event, with its blank line, to all. */
  send(event: string): void {
    if (this.#clients.size === 0) return;
    const bytes = encoder.encode(event);
    for (const client of this.#clients) {
      if (!client.isOpen) continue;
      client.waiting.push(bytes);
      client.waitingBytes += bytes.length;
      if (client.waitingBytes > MAX_WAITING_BYTES) end(client);
      client.wake?.();
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const client of this.#clients) {
      client.isOpen = false;
      client.wake?.();
    }
  }

  async *#generate(firstEvents: FirstEvents): AsyncGenerator<Uint8Array, void> {
    if (this.#clients.size >= MAX_CLIENTS) return;
    const client: EventClient = { waiting: [], waitingBytes: 0, isOpen: true, wake: undefined };
    this.#clients.add(client);
    const first = firstEvents();
    try {
      yield OPENING;
      for (const event of first) yield encoder.encode(event);
      while (client.isOpen) {
        if (client.waiting.length > 0) yield takeWaiting(client);
        else await new Promise<void>((resolve) => client.wake = resolve);
      }
    } finally {
      this.#clients.delete(client);
    }
  }
}

/** Its reader gets the end with its next read, and nothing is held for it until then. */
function end(client: EventClient): void {
  client.isOpen = false;
  client.waiting = [];
}

/** Takes all events that gathered while the reader was busy, to send them in one piece. */
function takeWaiting(client: EventClient): Uint8Array {
  const bytes = joinBytes(client.waiting);
  client.waiting = [];
  client.waitingBytes = 0;
  return bytes;
}
