import { inNextTurn } from "../../base/event_loop.ts";
import type { ResponseWriter } from "../../http/response/response_writer.ts";

/**
 * Sends ready responses without waiting for a later one, unless that comes in this turn of the event loop:
 * most promises of web-standard handlers do, and 16 pipelined responses are still one write.
 */
export class LateFlush {
  readonly #writer: ResponseWriter;
  readonly #isWaiting: () => boolean;
  #isPlanned = false;
  readonly #onTurn = (): void => {
    this.#isPlanned = false;
    // A failure appears again in the response itself, which then cancels its content.
    if (this.#isWaiting()) this.#writer.flushEagerly()?.catch(() => {});
  };

  /** @param isWaiting whether a response is still waited for */
  constructor(writer: ResponseWriter, isWaiting: () => boolean) {
    this.#writer = writer;
    this.#isWaiting = isWaiting;
  }

  /** Flushes in the next turn. */
  plan(): void {
    if (this.#isPlanned || !this.#writer.isPending) return;
    this.#isPlanned = true;
    inNextTurn(this.#onTurn);
  }
}
