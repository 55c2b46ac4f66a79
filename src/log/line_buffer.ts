import type { LineTarget } from "./line_target.ts";

/** Options of {@linkcode LineBuffer}. */
export interface LineBufferOptions {
  /** Unwritten records wait no longer than this. */
  readonly flushAfterMs: number;
  /** So many characters of unwritten records do not wait at all. Default 65,536. */
  readonly flushAtLength?: number;
  /** Beyond this many unwritten characters records are dropped and counted. Default 16,777,216. */
  readonly maxLength?: number;
  /** Makes the line that stands for dropped records. */
  readonly formatDropped: (count: number) => string;
  /** Told of an error of writing, once until writing works again. Must not throw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Collects records and writes many of them at once.
 *
 * Texts are joined in memory, encoded once and written once for each flush: encoding each record on its own
 * costs 0.7 microseconds a record on Deno 2.9.6, more than all the rest of a short access entry. There is one timer
 * for each flush, and none while nothing is unwritten. What is on its way counts as unwritten.
 */
export class LineBuffer {
  readonly #target: LineTarget;
  readonly #flushAfterMs: number;
  readonly #flushAtLength: number;
  readonly #maxLength: number;
  readonly #formatDropped: (count: number) => string;
  readonly #onError: (error: unknown) => void;
  #text = "";
  #records = 0;
  #dropped = 0;
  #droppedInAll = 0;
  #writingLength = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #hasFailed = false;
  #isClosed = false;

  /** Opens the buffer. @param target where the lines go; closed together with the buffer */
  constructor(target: LineTarget, options: LineBufferOptions) {
    this.#target = target;
    this.#flushAfterMs = options.flushAfterMs;
    this.#flushAtLength = options.flushAtLength ?? 65_536;
    this.#maxLength = options.maxLength ?? 16_777_216;
    this.#formatDropped = options.formatDropped;
    this.#onError = options.onError ?? (() => {});
  }

  /** Records dropped so far. */
  get droppedEntries(): number {
    return this.#droppedInAll;
  }

  /** Takes one record of whole lines. Never waits and never throws; after the close it is dropped. */
  write(lines: string): void {
    if (this.#isClosed) return;
    const unwrittenLength = this.#text.length + this.#writingLength;
    // One record is taken whatever its size: a large request is still one to be logged.
    if (unwrittenLength > 0 && unwrittenLength + lines.length > this.#maxLength) {
      this.#dropped++;
      this.#droppedInAll++;
      return;
    }
    if (this.#dropped > 0) this.#noteGap();
    this.#text += lines;
    this.#records++;
    // The write that is under way looks after what came meanwhile.
    if (this.#writing !== undefined) return;
    if (this.#text.length >= this.#flushAtLength) void this.#start();
    else if (this.#timer === undefined) this.#startTimer();
  }

  /** Writes all that is unwritten; settles when it is with the kernel, or lost and reported. Never rejects. */
  async flush(): Promise<void> {
    if (this.#writing !== undefined) await this.#writing;
    if (this.#writing !== undefined || this.#hasUnwritten()) await this.#start();
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => void this.#start(), this.#flushAfterMs);
  }

  #stopTimer(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #start(): Promise<void> {
    this.#stopTimer();
    return this.#writing ??= this.#writeOnce();
  }

  async #writeOnce(): Promise<void> {
    const { text, records } = this.#take();
    this.#writingLength = text.length;
    try {
      await this.#target.append(text);
      this.#hasFailed = false;
    } catch (error) {
      this.#fail(error, records);
    }
    this.#writingLength = 0;
    this.#writing = undefined;
    // What came meanwhile waits for more, or a busy log would be written in small pieces, one behind the other.
    if (this.#text.length >= this.#flushAtLength) void this.#start();
    else if (this.#text !== "") this.#startTimer();
  }

  /** Writes all that is unwritten before it returns, save what an earlier flush has given to the kernel already. */
  flushSync(): void {
    this.#stopTimer();
    if (!this.#hasUnwritten()) return;
    const { text, records } = this.#take();
    try {
      this.#target.appendSync(text);
      this.#hasFailed = false;
    } catch (error) {
      this.#fail(error, records);
    }
  }

  /**
   * Goes on with a new file of the same name, after the old one was renamed; what is unwritten goes to the old one.
   *
   * @throws {LogFileError} when the new file cannot be opened; writing goes on in the old one
   */
  async reopen(): Promise<void> {
    await this.flush();
    await this.#target.reopen();
  }

  /** Writes all that is unwritten and closes the target. May be called twice. Never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.flush();
    try {
      await this.#target.close();
    } catch (error) {
      this.#fail(error, 0);
    }
  }

  #hasUnwritten(): boolean {
    return this.#text !== "" || this.#dropped > 0;
  }

  /** Puts the line about dropped records where they are missing; they stay counted until that line is written. */
  #noteGap(): void {
    this.#text += this.#formatDropped(this.#dropped);
    this.#records += this.#dropped;
    this.#dropped = 0;
  }

  #take(): { text: string; records: number } {
    if (this.#dropped > 0) this.#noteGap();
    const taken = { text: this.#text, records: this.#records };
    this.#text = "";
    this.#records = 0;
    return taken;
  }

  #fail(error: unknown, records: number): void {
    this.#dropped += records;
    this.#droppedInAll += records;
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onError(error);
  }
}
