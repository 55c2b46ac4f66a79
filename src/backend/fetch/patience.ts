import { inNextTurn } from "../../base/event_loop.ts";

/** A wait that lasts only as long as nothing from outside is needed. */
export interface PatientWait {
  /** Whether the awaited thing has come. */
  readonly hasEnded: boolean;
  /** Turns of the event loop so far; counted here, and may be set to 0 after progress. */
  waitedTurns: number;
  /** Called once when it has not come by itself. Must not throw. */
  onPatienceEnd(): void;
}

// Content that a runtime holds in memory comes within microtasks (Deno 2.9.6, Node 20, Bun 1.4.5); the end of
// a Blob on Node 24 takes a turn of the event loop, and the parts of a FormData may take two.
const PATIENT_TURNS = 3;

/**
 * Tells content that is ready from content that will come: ready content comes within a few turns of the
 * event loop, even if everything else stands still. One callback serves all waits of a turn.
 */
export class Patience {
  #waits: PatientWait[] = [];
  readonly #onTurn = (): void => this.#turn();

  /** Begins to wait. */
  add(wait: PatientWait): void {
    if (this.#waits.push(wait) === 1) inNextTurn(this.#onTurn);
  }

  #turn(): void {
    const waits = this.#waits;
    this.#waits = [];
    for (let i = 0; i < waits.length; i++) {
      const wait = waits[i]!;
      if (wait.hasEnded) continue;
      if (++wait.waitedTurns === PATIENT_TURNS) wait.onPatienceEnd();
      else this.add(wait);
    }
  }
}
