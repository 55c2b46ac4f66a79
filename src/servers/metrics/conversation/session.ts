import type { LineDecoder } from "../../../bytes/line_decoder.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import type { Connection } from "../../../net/connection.ts";
import type { CommandReader } from "../protocol/command_reader.ts";
import type { LargeReplies } from "./large_replies.ts";
import { ReadReply } from "./read_reply.ts";
import type { ReplyBuffer, ReplyPool } from "./reply_buffer.ts";
import type { ServerCounts } from "../server_counts.ts";
import type { WorkTurns } from "./work_turns.ts";
import { type ByteRange, type MetricStore, type PutOutcome, StoreRefusal } from "../store.ts";

/** The refusal of every line that is not a command of the protocol. */
export const WRONG_COMMAND = "wrong command";

// The reason in the reply when the store fails; the error log has more.
const STORAGE_FAILED = "storage failed";

// Replies of this many bytes count against the budget while the client takes them; counting each put would be
// too costly.
const COUNTED_BYTES = 4_096;

// A read of this many bytes has few commands, and goes before the large work of others.
const SMALL_READ_BYTES = 16_384;

const PUT_REFUSALS: Readonly<Record<Exclude<PutOutcome, "stored">, string>> = {
  "series-limit": "too many series",
  "sample-limit": "too many samples",
  "too-old": "too old",
  "too-far-ahead": "too far ahead",
};

/** The end of a connection that a session writes to. */
export type SessionConnection = Pick<Connection, "write" | "close" | "remote">;

/** Events that sessions report to the logs. */
export interface SessionEvents {
  /**
   * A line was refused.
   *
   * @param line undefined when it was over the limit
   * @param reason the line of the reply after `error`
   */
  refused?(client: SessionConnection, line: Uint8Array | undefined, reason: string): void;
  /** A line got its reply. @param line undefined when it was over the limit */
  answered?(client: SessionConnection, line: Uint8Array | undefined, status: "ok" | "error"): void;
  /** The store failed; the client got an error instead of its replies. */
  failed?(error: unknown): void;
}

/** Parts that all sessions of a server share, so that ten thousand idle clients hold little of their own. */
export interface SessionParts {
  /** The store that the commands read and change. */
  readonly store: MetricStore;
  /** Reads a line; its fields are not used after a session has waited. */
  readonly commands: CommandReader;
  /** Buffers for the replies of one read; an idle client holds none. */
  readonly replies: ReplyPool;
  /** Shares the event loop among busy clients. */
  readonly turns: WorkTurns;
  /** Grants the right to send a large reply. */
  readonly largeReplies: LargeReplies;
  /** Counts the work. */
  readonly counts: ServerCounts;
  /** Hears the events. */
  readonly events: SessionEvents;
}

/** The conversation with one client: lines in, replies out, in order. It knows nothing about reading. */
export class Session {
  readonly #parts: SessionParts;
  readonly #connection: SessionConnection;
  readonly #decoder: LineDecoder;
  #mayBlankFollow = false;
  #hasUncommittedPuts = false;

  /** Begins a conversation. @param decoder cuts this client's bytes into lines */
  constructor(parts: SessionParts, connection: SessionConnection, decoder: LineDecoder) {
    this.#parts = parts;
    this.#connection = connection;
    this.#decoder = decoder;
  }

  /**
   * Replies to the lines of one read. Replies leave together, and each in one write, unless it is very large.
   *
   * @param chunk the received bytes; must stay unchanged until the result settles
   * @param isSameRead whether the bytes were there with the last ones, and only the size of our buffer cut
   *   them off
   * @throws {ConnectionError} when the client is gone
   */
  async answer(chunk: Uint8Array, count: number, isSameRead: boolean): Promise<void> {
    const { replies: pool, turns } = this.#parts;
    const size = count <= SMALL_READ_BYTES ? "small" : "large";
    const turn = turns.take(size);
    if (turn !== undefined) await turn;
    turns.spend(size, count);
    this.#decoder.feed(chunk, count);
    if (!isSameRead) this.#mayBlankFollow = false;
    if (!this.#decoder.next()) return;
    const replies = pool.take();
    try {
      do {
        const waiting = this.#answerLine(replies);
        if (waiting !== undefined) await waiting;
        if (replies.isReadyToSend) await this.#send(replies);
      } while (this.#decoder.next());
      await this.#send(replies);
    } finally {
      pool.give(replies);
    }
  }

  // A put into memory must not cost a promise.
  #answerLine(replies: ReplyBuffer): MaybePromise<void> {
    const decoder = this.#decoder;
    const { commands } = this.#parts;
    const kind = decoder.isTooLong ? "wrong" : commands.read(decoder.bytes, decoder.start, decoder.end);
    const isBlankBehindCommand = kind === "blank" && this.#mayBlankFollow;
    this.#mayBlankFollow = kind !== "blank";
    if (kind === "put") return this.#answerPut(replies);
    if (kind === "get" || kind === "keys") return this.#answerRead(replies, kind);
    if (kind === "delete") return this.#answerDelete(replies);
    // A client that ends its commands with an empty line means nothing by it; alone, an empty line is not a
    // command.
    if (!isBlankBehindCommand) this.#refuse(replies, WRONG_COMMAND);
  }

  #answerPut(replies: ReplyBuffer): MaybePromise<void> {
    const { store, commands } = this.#parts;
    this.#hasUncommittedPuts = true;
    try {
      const outcome = store.put(commands);
      if (typeof outcome !== "string") return this.#awaitPut(replies, outcome);
      this.#tellOutcome(replies, outcome);
    } catch (error) {
      this.#failPut(replies, error);
    }
  }

  async #awaitPut(replies: ReplyBuffer, outcome: Promise<PutOutcome>): Promise<void> {
    try {
      this.#tellOutcome(replies, await outcome);
    } catch (error) {
      this.#failPut(replies, error);
    }
  }

  // A store that refuses has kept the earlier puts; one that fails has not.
  #failPut(replies: ReplyBuffer, error: unknown): void {
    if (error instanceof StoreRefusal) return this.#refuse(replies, error.message);
    this.#fail(replies, error);
    this.#refuse(replies, STORAGE_FAILED);
  }

  #tellOutcome(replies: ReplyBuffer, outcome: PutOutcome): void {
    if (outcome === "stored") {
      this.#parts.counts.puts++;
      this.#acknowledge(replies);
    } else this.#refuse(replies, PUT_REFUSALS[outcome]);
  }

  // Uncommitted puts must not wait with the deletion, because others would commit them, and this client would
  // not hear of a failure.
  async #answerDelete(replies: ReplyBuffer): Promise<void> {
    const { store, commands } = this.#parts;
    const name = nameOf(commands);
    const span = { from: commands.from, until: commands.until };
    if (this.#hasUncommittedPuts) await this.#commit(replies);
    try {
      const deleting = store.delete(name, span);
      if (deleting !== undefined) await deleting;
      this.#hasUncommittedPuts = true;
      this.#parts.counts.deletions++;
      this.#acknowledge(replies);
    } catch (error) {
      this.#failPut(replies, error);
    }
  }

  #acknowledge(replies: ReplyBuffer): void {
    replies.addOk();
    if (this.#parts.events.answered !== undefined) this.#report("ok");
  }

  #refuse(replies: ReplyBuffer, reason: string): void {
    replies.addError(reason);
    this.#parts.counts.refusals++;
    const { events } = this.#parts;
    if (events.refused !== undefined) events.refused(this.#connection, this.#line(), reason);
    if (events.answered !== undefined) this.#report("error");
  }

  async #answerRead(replies: ReplyBuffer, kind: "get" | "keys"): Promise<void> {
    const { commands, store, counts, events } = this.#parts;
    const name = nameOf(commands);
    const span = { from: commands.from, until: commands.until };
    if (this.#hasUncommittedPuts) await this.#commit(replies);
    const reply = new ReadReply({ ...this.#parts, connection: this.#connection, replies });
    try {
      await reply.write(() => kind === "get" ? store.openRows(name, span) : store.openKeys(name));
      counts.reads++;
      this.#report("ok");
    } catch (error) {
      if (reply.isPartlySent) throw error;
      reply.takeBack();
      if (error instanceof StoreRefusal) this.#refuse(replies, error.message);
      else {
        events.failed?.(error);
        this.#refuse(replies, STORAGE_FAILED);
      }
    } finally {
      reply.release();
    }
    replies.keep();
  }

  // Nothing is sent before the store has committed the acknowledged puts.
  async #send(replies: ReplyBuffer): Promise<void> {
    if (this.#hasUncommittedPuts) await this.#commit(replies);
    if (replies.length >= COUNTED_BYTES) await this.#writeCounted(replies.bytes);
    else if (replies.length > 0) await this.#connection.write(replies.bytes);
    replies.clear();
  }

  async #writeCounted(bytes: Uint8Array): Promise<void> {
    const { largeReplies } = this.#parts;
    const reply = largeReplies.count(this.#connection);
    try {
      await this.#connection.write(bytes);
    } finally {
      largeReplies.release(reply);
    }
  }

  async #commit(replies: ReplyBuffer): Promise<void> {
    this.#hasUncommittedPuts = false;
    try {
      const committed = this.#parts.store.commit();
      if (committed !== undefined) await committed;
      replies.keep();
    } catch (error) {
      this.#fail(replies, error);
    }
  }

  // If the store failed, the puts were not done, so every reply that promised them becomes a refusal.
  #fail(replies: ReplyBuffer, error: unknown): void {
    this.#hasUncommittedPuts = false;
    this.#parts.events.failed?.(error);
    replies.refuseNotKept(STORAGE_FAILED);
  }

  #report(status: "ok" | "error"): void {
    this.#parts.events.answered?.(this.#connection, this.#line(), status);
  }

  #line(): Uint8Array | undefined {
    const { bytes, start, end, isTooLong } = this.#decoder;
    return isTooLong ? undefined : bytes.subarray(start, end);
  }
}

// Lines of other clients are read while this one waits for the store.
function nameOf({ bytes, keyStart, keyEnd }: CommandReader): ByteRange {
  return { bytes: bytes.slice(keyStart, keyEnd), start: 0, end: keyEnd - keyStart };
}
