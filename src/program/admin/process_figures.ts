// Figures of the process: its build, its memory, the delay of its event loop.

import type { Clock } from "../../base/clock.ts";
import { counter, type Figure, type FigureSource, gauge } from "./figures.ts";

/** The sources of the figures of a process. */
export interface ProcessFigureOptions {
  /** The version of the program. */
  readonly version: string;
  /** The runtime and its version: `deno 2.9.6`. */
  readonly runtime: string;
  /** The command that runs. */
  readonly command: string;
  /** Memory that the process holds, in bytes. */
  readonly residentBytes: () => number;
  /** Log entries dropped so far. */
  readonly droppedLogEntries: () => number;
  /** The time. */
  readonly clock: Clock;
}

// Often enough to catch a pause of a second, seldom enough to cost nothing.
const PROBE_MS = 500;

/** Watches the process until it is closed. */
export class ProcessFigures {
  readonly #options: ProcessFigureOptions;
  readonly #startedAtMs: number;
  readonly #stop: () => void;
  #lastDelayMs = 0;
  #longestDelayMs = 0;

  /** Begins to watch. */
  constructor(options: ProcessFigureOptions) {
    this.#options = options;
    const { clock } = options;
    this.#startedAtMs = clock.nowMs();
    let expectedMs = clock.monotonicMs() + PROBE_MS;
    this.#stop = clock.every(PROBE_MS, () => {
      const nowMs = clock.monotonicMs();
      this.#lastDelayMs = Math.max(0, nowMs - expectedMs);
      this.#longestDelayMs = Math.max(this.#longestDelayMs, this.#lastDelayMs);
      expectedMs = nowMs + PROBE_MS;
    });
  }

  /** The current figures. The longest delay is the one since the last call. */
  readonly source: FigureSource = (): readonly Figure[] => {
    const { version, runtime, command, residentBytes, droppedLogEntries } = this.#options;
    const longestDelayMs = this.#longestDelayMs;
    this.#longestDelayMs = this.#lastDelayMs;
    return [
      gauge("build_info", "What runs; the value is always 1", [{
        labels: { version, runtime, command },
        value: 1,
      }]),
      gauge("start_time_seconds", "When the program started, since 1970", this.#startedAtMs / 1_000),
      gauge("resident_memory_bytes", "Memory that the process holds", residentBytes()),
      gauge(
        "event_loop_delay_seconds",
        "How late the event loop ran its last probe",
        this.#lastDelayMs / 1_000,
      ),
      gauge(
        "event_loop_delay_max_seconds",
        "The longest such delay since the figures were asked for last",
        longestDelayMs / 1_000,
      ),
      counter("log_entries_dropped_total", "Log entries that could not be written", droppedLogEntries()),
    ];
  };

  /** Ends the watch. */
  close(): void {
    this.#stop();
  }
}
