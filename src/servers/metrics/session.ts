import type { LineDecoder } from "../../bytes/line_decoder.ts";
import type { Connection } from "../../net/connection.ts";
import type { CommandKind, CommandReader } from "./protocol.ts";
import type { ReplyBuffer } from "./reply_buffer.ts";
import type { MetricStore, PutOutcome } from "./store.ts";

/** The refusal of everything that is no command of the protocol. */
export const WRONG_COMMAND = "wrong command";

// The reason a client is given when the store fails; the error log has more.
const STORAGE_FAILED = "storage failed";

/** What a session reports to the one who keeps the logs. */
export interface SessionEvents {
  /** A line was refused. @param reason the line of the reply behind `error` */
  refused?(line: Uint8Array, reason: string): void;
  /** A line was answered. */
  answered?(line: Uint8Array, status: "ok" | "error"): void;
  /** The store failed; the client got an error instead of its replies. */
  failed?(error: unknown): void;
}

/** What a session works with. */
export interface SessionParts {
  /** Where replies go. */
  readonly connection: Pick<Connection, "write">;
  /** What the commands are about; shared by all sessions. */
  readonly store: MetricStore;
  /** Cuts this session's bytes into lines. */
  readonly decoder: LineDecoder;
  /** Reads this session's lines. */
  readonly commands: CommandReader;
  /** Hears what happens. */
  readonly events: SessionEvents;
  /** Lends a buffer for the replies of one read; an idle client holds none. */
  takeReplies(): ReplyBuffer;
  /** Takes the buffer back. */
  giveReplies(replies: ReplyBuffer): void;
}

/** The conversation with one client: lines in, replies out, in order. It knows nothing of reading. */
export class Session {
  readonly #parts: SessionParts;
  #mayBlankFollow = false;
  #hasUncommittedPuts = false;

  /** Begins a conversation. @param parts belongs to this session alone, except for the store */
  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /**
   * Answers the lines of one read: all replies in one write, unless they are very large.
   *
   * @param chunk bytes as they came; unchanged until the answer settles
   * @param isSameRead whether the bytes continue the last ones, cut only by the size of our buffer
   * @throws {ConnectionError} when the client is gone
   */
  async answer(chunk: Uint8Array, count: number, isSameRead: boolean): Promise<void> {
    const { decoder } = this.#parts;
    decoder.feed(chunk, count);
    if (!isSameRead) this.#mayBlankFollow = false;
    if (!decoder.next()) return;
    const replies = this.#parts.takeReplies();
    try {
      await this.#answerLines(replies);
    } finally {
      replies.clear();
      this.#parts.giveReplies(replies);
    }
  }

  async #answerLines(replies: ReplyBuffer): Promise<void> {
    const { decoder, commands, store } = this.#parts;
    do {
      const kind = decoder.isTooLong ? "wrong" : commands.read(decoder.bytes, decoder.start, decoder.end);
      if (kind === "put") {
        try {
          this.#hasUncommittedPuts = true;
          const outcome = store.put(commands);
          this.#answerPut(replies, typeof outcome === "string" ? outcome : await outcome);
        } catch (error) {
          this.#fail(replies, error);
          replies.addError(STORAGE_FAILED);
        }
      } else if (kind === "wrong" || kind === "blank") {
        this.#refuse(replies, kind);
      } else {
        await this.#answerGet(replies, kind);
      }
      this.#mayBlankFollow = kind !== "blank";
      if (replies.isFull) await this.#send(replies);
    } while (decoder.next());
    await this.#send(replies);
  }

  #answerPut(replies: ReplyBuffer, outcome: PutOutcome): void {
    if (outcome === "stored") {
      replies.addOk();
      if (this.#parts.events.answered !== undefined) this.#parts.events.answered(this.#line(), "ok");
    } else {
      this.#addRefusal(replies, outcome === "series-limit" ? "too many series" : "too many samples");
    }
  }

  // A client that ends its commands with an empty line means nothing by it; alone, an empty line is no command.
  #refuse(replies: ReplyBuffer, kind: "wrong" | "blank"): void {
    if (kind === "blank" && this.#mayBlankFollow) return;
    this.#addRefusal(replies, WRONG_COMMAND);
  }

  #addRefusal(replies: ReplyBuffer, reason: string): void {
    replies.addError(reason);
    if (!this.#hasUncommittedPuts) replies.keep();
    const { events } = this.#parts;
    if (events.refused !== undefined) events.refused(this.#line(), reason);
    if (events.answered !== undefined) events.answered(this.#line(), "error");
  }

  async #answerGet(replies: ReplyBuffer, kind: CommandKind): Promise<void> {
    const { commands, store, events } = this.#parts;
    await this.#commit(replies);
    const key = { bytes: commands.bytes, start: commands.keyStart, end: commands.keyEnd };
    const rows = await store.openRows(kind === "get-all" ? "all" : key);
    replies.beginRows();
    while (!(await rows.fill(replies))) await this.#send(replies);
    replies.endRows();
    replies.keep();
    if (events.answered !== undefined) events.answered(this.#line(), "ok");
  }

  // Nothing is sent before the store has committed what it acknowledges.
  async #send(replies: ReplyBuffer): Promise<void> {
    if (this.#hasUncommittedPuts) await this.#commit(replies);
    if (replies.length > 0) await this.#parts.connection.write(replies.bytes);
    replies.clear();
  }

  async #commit(replies: ReplyBuffer): Promise<void> {
    if (!this.#hasUncommittedPuts) return;
    this.#hasUncommittedPuts = false;
    try {
      const committed = this.#parts.store.commit();
      if (committed !== undefined) await committed;
      replies.keep();
    } catch (error) {
      this.#fail(replies, error);
    }
  }

  // What the store could not keep was not done: every reply that promised it becomes a refusal.
  #fail(replies: ReplyBuffer, error: unknown): void {
    this.#hasUncommittedPuts = false;
    this.#parts.events.failed?.(error);
    replies.replaceNotKept(STORAGE_FAILED);
  }

  #line(): Uint8Array {
    const { decoder } = this.#parts;
    return decoder.bytes.subarray(decoder.start, decoder.end);
  }
}
