const encoder = new TextEncoder();

// A browser holds one connection a page; more than this is no developer.
const MAX_CLIENTS = 1_000;
// What a client has not taken by then is old news.
const MAX_WAITING = 16;

interface EventClient {
  readonly waiting: Uint8Array[];
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

  /** Opens a stream; it ends with {@linkcode EventClients.close}, or when its reader leaves. */
  add(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#generate() };
  }

  /** Sends an event, with its blank line, to all. */
  send(event: string): void {
    const bytes = encoder.encode(event);
    for (const client of this.#clients) {
      if (client.waiting.length < MAX_WAITING) client.waiting.push(bytes);
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

  async *#generate(): AsyncGenerator<Uint8Array, void> {
    if (this.#clients.size >= MAX_CLIENTS) return;
    const client: EventClient = { waiting: [], isOpen: true, wake: undefined };
    this.#clients.add(client);
    try {
      // The first bytes tell the browser that the stream is open.
      yield encoder.encode("retry: 500\n\n");
      while (client.isOpen) {
        const event = client.waiting.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => client.wake = resolve);
      }
    } finally {
      this.#clients.delete(client);
    }
  }
}
