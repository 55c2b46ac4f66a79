import { within } from "../../support/deadline.ts";

/** One event of a stream. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** A client of server-sent events (HTML standard §9.2.6), as far as the trap uses them. */
export class EventStream {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";
  #isClosed = false;

  /** Takes over the body of a response. */
  constructor(response: Response) {
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next block of lines of any kind; undefined at the end of the stream. */
  async nextBlock(): Promise<string | undefined> {
    while (!this.#text.includes("\n\n")) {
      const { done, value } = await within(this.#reader.read(), "an event");
      if (done) return undefined;
      this.#text += value;
    }
    const end = this.#text.indexOf("\n\n");
    const block = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    return block;
  }

  /** The next event; skips comments and settings. */
  async next(): Promise<ReceivedEvent> {
    for (let block = await this.nextBlock(); block !== undefined; block = await this.nextBlock()) {
      const fields = new Map(
        block.split("\n").map((line) => {
          const [name = "", ...value] = line.split(": ");
          return [name, value.join(": ")] as const;
        }),
      );
      const event = fields.get("event");
      if (event !== undefined) return { event, id: fields.get("id"), data: fields.get("data") ?? "" };
    }
    throw new Error("the stream has ended");
  }

  /** Cancels the stream. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#reader.cancel();
  }
}
