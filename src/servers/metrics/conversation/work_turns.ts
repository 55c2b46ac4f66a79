import { afterLookingAtSockets } from "../../../base/event_loop.ts";

// Work between two looks at the sockets: 1 to 2 ms of rows or of commands (Deno 2.9.6).
const MAX_BYTES_BETWEEN_LOOKS = 245_760;

/** The size of a piece of work: `small` pieces go before all `large` ones. */
export type PieceSize = "small" | "large";

/**
 * Lets clients with much work go on one after the other, with a look at all sockets in between. Small pieces
 * go first, because sixteen clients that read all rows must not keep out one that puts a sample. One large
 * piece is done between two looks even if there are always small ones.
 */
export class WorkTurns {
  readonly #small = new WaitingRow();
  readonly #large = new WaitingRow();
  #isLooking = false;
  readonly #onLooked = (): void => {
    this.#isLooking = false;
    this.#small.beginRound();
    this.#large.beginRound();
    this.#letNextGo();
  };

  /** Waits for a turn; undefined if there is no need to wait. */
  take(size: PieceSize): Promise<void> | undefined {
    const row = size === "small" ? this.#small : this.#large;
    const isFree = row.mayPass && row.count === 0 && (size === "small" || this.#small.count === 0);
    if (isFree) return undefined;
    this.#look();
    return new Promise((resolve) => row.add(resolve));
  }

  /**
   * Counts work. Each client does some of it in a turn. A wait for a look costs 50 µs on Deno 2.9.6, which a
   * single put must not pay. So there is no wait before there is much work, even if the sockets were looked
   * at meanwhile, and small pieces of several clients share one look.
   *
   * @param bytes read or written, approximately
   */
  spend(size: PieceSize, bytes: number): void {
    const row = size === "small" ? this.#small : this.#large;
    row.spend(bytes);
    if (!row.mayPass) this.#look();
    this.#letNextGo();
  }

  // The requested look lets the others go on if this one fails before it spends anything.
  #letNextGo(): void {
    if (this.#small.count + this.#large.count === 0) return;
    this.#look();
    if (this.#small.count > 0 && this.#small.mayPass) this.#small.letNextGo();
    else if (this.#large.count > 0 && this.#large.mayPass) this.#large.letNextGo();
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    afterLookingAtSockets(this.#onLooked);
  }
}

/** Clients that wait for a turn with pieces of one size, in order. */
class WaitingRow {
  #spentBytes = 0;
  // Whether a client was let go on and has spent nothing yet.
  #isPassing = false;
  // Two rows, filled and emptied alternately, because taking the first one of a long array would move all
  // others.
  #now: (() => void)[] = [];
  #next = 0;
  #later: (() => void)[] = [];

  get count(): number {
    return this.#now.length - this.#next + this.#later.length;
  }

  get mayPass(): boolean {
    return this.#spentBytes < MAX_BYTES_BETWEEN_LOOKS && !this.#isPassing;
  }

  add(resolve: () => void): void {
    this.#later.push(resolve);
  }

  beginRound(): void {
    this.#spentBytes = 0;
    this.#isPassing = false;
  }

  spend(bytes: number): void {
    this.#spentBytes += bytes;
    this.#isPassing = false;
  }

  letNextGo(): void {
    this.#isPassing = true;
    if (this.#next === this.#now.length) {
      this.#now = this.#later;
      this.#next = 0;
      this.#later = [];
    }
    this.#now[this.#next++]!();
  }
}
