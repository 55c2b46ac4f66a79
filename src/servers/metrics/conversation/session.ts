import type { LineDecoder } from "../../../bytes/line_decoder.ts";
import type { MaybePromise } from "../../../base/maybe_promise.ts";
import type { Sender } from "../../../net/connection.ts";
import type { CommandReader } from "../protocol/command_reader.ts";
import { ReadReply } from "./read_reply.ts";
import type { ReplyBuffer } from "./reply_buffer.ts";
import type { ReceivedBytes, SessionConnection, SessionParts } from "./session_parts.ts";
import type { PieceSize } from "./work_turns.ts";
import { type ByteRange, type PutOutcome, StoreRefusal } from "../store.ts";

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

/** The conversation with one client: lines in, replies out, in order. It knows nothing about reading. */
export class Session implements Sender {
  readonly #parts: SessionParts;
  readonly #connection: SessionConnection;
  readonly #decoder: LineDecoder;
  #mayBlankFollow = false;
  #hasUncommittedPuts = false;
  // The replies of the current read, if it has any, and its listener.
  #replies: ReplyBuffer | undefined;
  #sender: Sender | undefined;

  /** Begins a conversation. @param decoder cuts this client's bytes into lines */
  constructor(parts: SessionParts, connection: SessionConnection, decoder: LineDecoder) {
    this.#parts = parts;
    this.#connection = connection;
    this.#decoder = decoder;
  }

  /**
   * Replies to the lines of one read. Replies leave together, and each in one write, unless it is very large.
   *
   * @param read the received bytes, which must stay unchanged until the sender hears; one read at a time
   * @param sender hears when the replies were taken, during this call if there are none, or that the client
   *   is gone
   */
  answer(read: ReceivedBytes, sender: Sender): void {
    this.#sender = sender;
    const turn = this.#parts.turns.take(sizeOf(read));
    if (turn === undefined) this.#answerInTurn(read);
    else turn.then(() => this.#answerInTurn(read));
  }

  #answerInTurn(read: ReceivedBytes): void {
    try {
      this.#parts.turns.spend(sizeOf(read), read.count);
      this.#decoder.feed(read.bytes, read.count);
      if (!read.isContinued) this.#mayBlankFollow = false;
      if (!this.#decoder.next()) return this.onSent();
      const replies = this.#replies = this.#parts.replies.take();
      const waiting = this.#answerLines(replies);
      if (waiting === undefined) this.#sendLast(replies);
      else waiting.then(() => this.#sendLast(replies)).catch((error) => this.onSendFailed(error));
    } catch (error) {
      this.onSendFailed(error);
    }
  }

  // A put into memory must not cost a promise: three of them make a put on its own take a tenth longer (Deno 2.9.6).
  #answerLines(replies: ReplyBuffer): MaybePromise<void> {
    do {
      const waiting = this.#answerLine(replies);
      if (waiting !== undefined || replies.isReadyToSend) return this.#answerMoreLines(replies, waiting);
    } while (this.#decoder.next());
    if (this.#hasUncommittedPuts) return this.#commit(replies);
  }

  async #answerMoreLines(replies: ReplyBuffer, first: MaybePromise<void>): Promise<void> {
    for (let waiting = first;; waiting = this.#answerLine(replies)) {
      if (waiting !== undefined) await waiting;
      if (replies.isReadyToSend) await this.#send(replies);
      if (!this.#decoder.next()) break;
    }
    if (this.#hasUncommittedPuts) await this.#commit(replies);
  }

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
    await this.#writeCounted(replies.bytes);
    replies.clear();
  }

  #sendLast(replies: ReplyBuffer): void {
    if (replies.length === 0) return this.onSent();
    if (replies.length < COUNTED_BYTES) return this.#connection.transmit(replies.bytes, this);
    this.#writeCounted(replies.bytes).then(() => this.onSent(), (error) => this.onSendFailed(error));
  }

  /** The last replies of a read were taken. */
  onSent(): void {
    this.#giveRepliesBack();
    this.#sender!.onSent();
  }

  /** The client is gone. */
  onSendFailed(error: unknown): void {
    this.#giveRepliesBack();
    this.#sender!.onSendFailed(error);
  }

  #giveRepliesBack(): void {
    if (this.#replies === undefined) return;
    this.#parts.replies.give(this.#replies);
    this.#replies = undefined;
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

  #commit(replies: ReplyBuffer): MaybePromise<void> {
    this.#hasUncommittedPuts = false;
    try {
      const committed = this.#parts.store.commit();
      if (committed === undefined) return replies.keep();
      return committed.then(() => replies.keep(), (error) => this.#fail(replies, error));
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

function sizeOf({ count }: ReceivedBytes): PieceSize {
  return count <= SMALL_READ_BYTES ? "small" : "large";
}

// Lines of other clients are read while this one waits for the store.
function nameOf({ bytes, keyStart, keyEnd }: CommandReader): ByteRange {
  return { bytes: bytes.slice(keyStart, keyEnd), start: 0, end: keyEnd - keyStart };
}
