import { afterLookingAtSockets } from "../../base/event_loop.ts";

// What may be done between two looks at the sockets: 2 to 4 ms of rows or of commands (Deno 2.9.6).
const MAX_BYTES_BETWEEN_LOOKS = 393_216;

/**
 * Lets clients who want much go on one after the other, with a look at all sockets in between: sixteen who read all
 * rows must not keep out one who puts a sample.
 */
export class WorkTurns {
  #spentBytes = 0;
  #isLooking = false;
  // Two rows, filled and emptied by turns: taking the first one of a long array would move all others.
  #now: (() => void)[] = [];
  #next = 0;
  #later: (() => void)[] = [];
  readonly #onLooked = (): void => {
    this.#isLooking = false;
    this.#spentBytes = 0;
    const goOn = this.#shift();
    if (goOn === undefined) return;
    this.#look();
    goOn();
  };

  /** Waits for a turn; undefined when there is no need to. */
  take(): Promise<void> | undefined {
    const isFree = this.#spentBytes < MAX_BYTES_BETWEEN_LOOKS && this.#waiting === 0;
    if (isFree) return undefined;
    this.#look();
    return new Promise((resolve) => void this.#later.push(resolve));
  }

  /**
   * Counts work. To wait for a look costs 50 µs on Deno 2.9.6, which a single put must not pay: so nothing is waited for
   * before there is much, though the sockets may have been looked at meanwhile.
   *
   * @param bytes read or written, about
   */
  spend(bytes: number): void {
    this.#spentBytes += bytes;
    if (this.#spentBytes >= MAX_BYTES_BETWEEN_LOOKS) this.#look();
  }

  get #waiting(): number {
    return this.#now.length - this.#next + this.#later.length;
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    afterLookingAtSockets(this.#onLooked);
  }

  #shift(): (() => void) | undefined {
    if (this.#next === this.#now.length) {
      this.#now = this.#later;
      this.#next = 0;
      this.#later = [];
    }
    return this.#next < this.#now.length ? this.#now[this.#next++] : undefined;
  }
}
