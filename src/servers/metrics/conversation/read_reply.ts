// The reply to one `get` or `keys`. A small one leaves with the others of its read. A large one is sent in
// pieces: each waits for its turn, and for the client to take the last one.

import type { MaybePromise } from "../../../base/maybe_promise.ts";
import type { Connection } from "../../../net/connection.ts";
import type { LargeReplies, LargeReply } from "./large_replies.ts";
import type { ReplyBuffer } from "./reply_buffer.ts";
import type { PieceSize, WorkTurns } from "./work_turns.ts";

// The first piece of a reply goes before the large ones of others, because it is the whole of most replies.
const FIRST_PIECE_BYTES = 8_192;

// Looking for rows costs as much as writing some.
const BYTES_OF_A_READ = 256;

/** Rows or keys, given piece by piece. */
export interface ReplyReader {
  /** Fills a buffer. @returns true when nothing is left */
  fill(sink: ReplyBuffer): MaybePromise<boolean>;
}

/** Parts of a reply. */
export interface ReadReplyParts {
  /** Takes the pieces. */
  readonly connection: Pick<Connection, "write" | "close">;
  /** The replies before this one, and then this one too. */
  readonly replies: ReplyBuffer;
  /** Shares the event loop among busy clients. */
  readonly turns: WorkTurns;
  /** Grants the right to send a large reply. */
  readonly largeReplies: LargeReplies;
}

/** Writes one reply. */
export class ReadReply {
  /** Whether the client has a part of it: then only the end of the connection can show a failure. */
  isPartlySent = false;
  readonly #parts: ReadReplyParts;
  #start: number;
  #large: LargeReply | undefined;

  /** Begins after the replies that the buffer has. */
  constructor(parts: ReadReplyParts) {
    this.#parts = parts;
    this.#start = parts.replies.length;
  }

  /** Writes all of it. @param open opens the reader, a second time if the reply has had to wait */
  async write(open: () => MaybePromise<ReplyReader>): Promise<void> {
    const { replies, turns, largeReplies, connection } = this.#parts;
    let reader = await open();
    replies.beginRows();
    for (let size: PieceSize = "small";; size = "large") {
      const turn = turns.take(size);
      if (turn !== undefined) await turn;
      const lengthBefore = replies.length;
      replies.limitGrowth(size === "small" ? FIRST_PIECE_BYTES : Infinity);
      const filled = reader.fill(replies);
      const isDone = typeof filled === "boolean" ? filled : await filled;
      turns.spend(size, replies.length - lengthBefore + BYTES_OF_A_READ);
      if (isDone) return replies.endRows();
      if (!replies.isReadyToSend) continue;
      this.#large ??= largeReplies.tryAdmit(connection);
      if (this.#large !== undefined) await this.#sendPiece(this.#large);
      else {
        await this.#waitWithoutRows();
        reader = await open();
        replies.beginRows();
      }
    }
  }

  /** Removes the written and unsent part, to send an error in its place. */
  takeBack(): void {
    this.#parts.replies.truncate(this.#start);
  }

  /** The reply is done, or failed: others may send theirs. */
  release(): void {
    if (this.#large !== undefined) this.#parts.largeReplies.release(this.#large);
  }

  async #sendPiece(large: LargeReply): Promise<void> {
    const { replies, connection } = this.#parts;
    this.isPartlySent = true;
    large.writingSinceMs = performance.now();
    await connection.write(replies.bytes);
    large.writingSinceMs = undefined;
    replies.clear();
  }

  // A thousand waiting clients must not hold a piece each, so it is made again.
  async #waitWithoutRows(): Promise<void> {
    const { replies, connection, largeReplies } = this.#parts;
    this.takeBack();
    if (replies.length > 0) await connection.write(replies.bytes);
    replies.release();
    this.#start = 0;
    this.#large = await largeReplies.admit(connection);
  }
}
