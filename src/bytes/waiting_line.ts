/** Callbacks that wait, in their order, until a condition holds. */
export class WaitingLine {
  readonly #mayGoOn: () => boolean;
  #waiting: (() => void)[] = [];

  /** @param mayGoOn whether the next one may go on; asked again before each of them */
  constructor(mayGoOn: () => boolean) {
    this.#mayGoOn = mayGoOn;
  }

  /** Calls back once the condition holds at a call of {@linkcode WaitingLine.wake}. */
  add(callback: () => void): void {
    this.#waiting.push(callback);
  }

  /** Calls back those that may go on. */
  wake(): void {
    if (this.#waiting.length === 0 || !this.#mayGoOn()) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    let next = 0;
    do waiting[next++]!(); while (next < waiting.length && this.#mayGoOn());
    if (next < waiting.length) this.#waiting = waiting.slice(next).concat(this.#waiting);
  }
}
