import type { Holder, MemoryBudget } from "../../bytes/memory_budget.ts";

/** The bytes held of the current request of a connection, as the memory budget knows them. */
export class HeldRequest {
  readonly #memory: MemoryBudget;
  readonly #holder: Holder;
  #bytes = 0;

  constructor(memory: MemoryBudget, holder: Holder) {
    this.#memory = memory;
    this.#holder = holder;
  }

  /** This much is held in all. */
  set(bytes: number): void {
    this.#hold(bytes - this.#bytes);
  }

  /** This much more is held, or less if the number is negative. */
  add(bytes: number): void {
    this.#hold(Math.max(bytes, -this.#bytes));
  }

  /** All of the request has come: its bytes no longer belong to an unfinished one. */
  finish(): void {
    if (this.#bytes > 0) this.#memory.finish(this.#holder);
  }

  /** Nothing is held any longer. */
  release(): void {
    if (this.#bytes === 0) return;
    this.#bytes = 0;
    this.#memory.release(this.#holder);
  }

  #hold(bytes: number): void {
    this.#bytes += bytes;
    this.#memory.holdFor(this.#holder, bytes);
  }
}
