import { afterLookingAtSockets } from "../../../base/event_loop.ts";

// What may be done between two looks at the sockets: 2 to 4 ms of rows or of commands (Deno 2.9.6).
const MAX_BYTES_BETWEEN_LOOKS = 393_216;

/**
 * Lets clients who want much go on one after the other, with a look at all sockets in between: sixteen who read all
 * rows must not keep out one who puts a sample.
 */
export class WorkTurns {
  #spentBytes = 0;
  #isLooking = false;
  // Whether somebody was let go on who has spent nothing yet.
  #isPassing = false;
  // Two rows, filled and emptied by turns: taking the first one of a long array would move all others.
  #now: (() => void)[] = [];
  #next = 0;
  #later: (() => void)[] = [];
  readonly #onLooked = (): void => {
    this.#isLooking = false;
    this.#spentBytes = 0;
    this.#isPassing = false;
    this.#letNextGo();
  };

  /** Waits for a turn; undefined when there is no need to. */
  take(): Promise<void> | undefined {
    const isFree = this.#spentBytes < MAX_BYTES_BETWEEN_LOOKS && this.#waiting === 0 && !this.#isPassing;
    if (isFree) return undefined;
    this.#look();
    return new Promise((resolve) => void this.#later.push(resolve));
  }

  /**
   * Counts work, of which everybody does some after a turn. To wait for a look costs 50 µs on Deno 2.9.6, which a single
   * put must not pay: so nothing is waited for before there is much, though the sockets may have been looked at meanwhile,
   * and small pieces of several clients share one look.
   *
   * @param bytes read or written, about
   */
  spend(bytes: number): void {
    this.#spentBytes += bytes;
    this.#isPassing = false;
    if (this.#spentBytes >= MAX_BYTES_BETWEEN_LOOKS) this.#look();
    else this.#letNextGo();
  }

  get #waiting(): number {
    return this.#now.length - this.#next + this.#later.length;
  }

  // The look that is asked for lets the others go on if this one fails before it spends anything.
  #letNextGo(): void {
    if (this.#waiting === 0) return;
    this.#isPassing = true;
    this.#look();
    this.#resumeNext();
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    afterLookingAtSockets(this.#onLooked);
  }

  #resumeNext(): void {
    if (this.#next === this.#now.length) {
      this.#now = this.#later;
      this.#next = 0;
      this.#later = [];
    }
    this.#now[this.#next++]!();
  }
}
