// The work of all workers of a server together.

import { sumServerFigures } from "../../program/admin/server_figures.ts";
import { NO_FIGURES, type ServerFigures } from "../../serving/figures.ts";

/** The report that a worker sends from time to time. */
export interface FiguresMessage {
  /** Its index, from 0. */
  readonly index: number;
  /** Its work since its start. */
  readonly figures: ServerFigures;
}

/** Collects the reports of workers. The work of a crashed worker still counts. */
export class WorkerFigures {
  readonly #running = new Map<number, ServerFigures>();
  #ended: ServerFigures = NO_FIGURES;

  /** Takes the report of a worker. */
  take({ index, figures }: FiguresMessage): void {
    this.#running.set(index, figures);
  }

  /** The worker has ended: its counts stay, and its held bytes are gone. */
  keep(index: number): void {
    const figures = this.#running.get(index);
    if (figures === undefined) return;
    this.#running.delete(index);
    const counted = {
      ...figures,
      openConnections: 0,
      requestsInFlight: 0,
      heldBytes: 0,
      maxBufferedBytes: 0,
    };
    this.#ended = sumServerFigures([this.#ended, counted]);
  }

  /** All work together. */
  get sum(): ServerFigures {
    return sumServerFigures([this.#ended, ...this.#running.values()]);
  }
}
