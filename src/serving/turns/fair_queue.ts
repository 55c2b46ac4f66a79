import { inNextTurn, TURNS_BETWEEN_LOOKS } from "../../base/event_loop.ts";

/** Goes on with the work that waited for its turn. Must not throw. */
export type Turn = () => void;

// Turns between two looks at the sockets when many wait. A busy connection takes 20 to 60 µs a turn.
const MIN_TURNS_BETWEEN_LOOKS = 8;
const MAX_EMPTY_TURNS = Math.floor(TURNS_BETWEEN_LOOKS / MIN_TURNS_BETWEEN_LOOKS);
// Waiting or present members for each turn that is left empty. If there are few, they lose nothing.
const MEMBERS_PER_EMPTY_TURN = 64;
// After a turn that costs more and is not urgent: a look at the sockets in every second one.
const MAX_EMPTY_TURNS_FOR_OTHERS = Math.floor(TURNS_BETWEEN_LOOKS / 2);

/**
 * Lets connections with much to do go on one at a time, each in a turn of the event loop of its own.
 *
 * A socket that always has data never yields; a thousand of them would starve everyone else. Between their
 * turns, connections with little to do get theirs.
 */
export class FairQueue {
  // Two rows, filled and emptied alternately: taking the first one of a long array would move all others.
  #now: Turn[] = [];
  #next = 0;
  #later: Turn[] = [];
  #isTaken = false;
  #emptyTurns = 0;
  readonly #pass = (): void => {
    if (this.#emptyTurns > 0) {
      this.#emptyTurns--;
      return inNextTurn(this.#pass);
    }
    const turn = this.#shift();
    if (turn === undefined) this.#isTaken = false;
    else this.#begin(turn);
  };

  /**
   * Goes on at once if no other connection has done so in this turn, otherwise later.
   *
   * @param others number of connections with little to do; their sockets get a look before the next one goes
   *   on
   */
  take(turn: Turn, others: number = 0): void {
    if (others >= MEMBERS_PER_EMPTY_TURN) return this.take(() => this.#goOnAmong(others, turn));
    if (this.#isTaken) return void this.#later.push(turn);
    this.#isTaken = true;
    this.#begin(turn);
  }

  #goOnAmong(others: number, turn: Turn): void {
    const emptyTurns = Math.min(MAX_EMPTY_TURNS_FOR_OTHERS, Math.floor(others / MEMBERS_PER_EMPTY_TURN));
    this.#emptyTurns = Math.max(this.#emptyTurns, emptyTurns);
    turn();
  }

  #begin(turn: Turn): void {
    const waiting = this.#now.length - this.#next + this.#later.length;
    this.#emptyTurns = Math.min(MAX_EMPTY_TURNS, Math.floor(waiting / MEMBERS_PER_EMPTY_TURN));
    inNextTurn(this.#pass);
    turn();
  }

  #shift(): Turn | undefined {
    if (this.#next === this.#now.length) {
      this.#now = this.#later;
      this.#next = 0;
      this.#later = [];
    }
    return this.#next < this.#now.length ? this.#now[this.#next++] : undefined;
  }
}
