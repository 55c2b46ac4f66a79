// Sends the figures to a metrics server of millrace, as `put` lines.

import type { Clock } from "../../base/clock.ts";
import { formatAddress, tcpAddress } from "../../net/address.ts";
import type { Connection } from "../../net/connection.ts";
import { connect } from "../../net/listen.ts";
import type { Figure, FigureLabels, Figures } from "./figures.ts";

/** Parts of a {@linkcode Reporter}. */
export interface ReporterOptions {
  /** The figures to send. */
  readonly figures: Figures;
  /** The receiver. */
  readonly endpoint: { readonly hostname: string; readonly port: number };
  /** The first words of every key: `millrace.app`. */
  readonly prefix: string;
  /** The time. */
  readonly clock: Clock;
  /** Called once when the server is out of reach, and once when it is back. */
  readonly onChange: (message: string) => void;
}

const REPORT_MS = 10_000;
// A server that takes nothing for this long is out of reach.
const PATIENCE_MS = 5_000;
const MS_PER_SECOND = 1_000;

/** Reports until it is closed, whether the server is there or not. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #stop: () => void;
  #connection: Connection | undefined;
  #isReporting = false;
  #isReached = true;
  #isClosed = false;

  /** Begins to report. */
  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#stop = options.clock.every(REPORT_MS, () => void this.report());
  }

  /** Sends the current figures, unless the last report is still pending. Never rejects. */
  async report(): Promise<void> {
    if (this.#isReporting || this.#isClosed) return;
    this.#isReporting = true;
    const { figures, prefix, clock, endpoint } = this.#options;
    const lines = linesOf(figures.collect(), {
      prefix,
      timeSeconds: Math.floor(clock.nowMs() / MS_PER_SECOND),
    });
    let isLate = false;
    const stopWaiting = clock.after(PATIENCE_MS, () => {
      isLate = true;
      this.#connection?.close();
    });
    try {
      this.#connection = await connect(endpoint);
      // An exchange that begins after its time, or after the reporter was closed, must end itself.
      if (isLate || this.#isClosed) throw new Error("the connection came too late");
      await this.#exchange(this.#connection, lines);
      this.#tell(true);
    } catch {
      this.#tell(false);
    } finally {
      stopWaiting();
      this.#connection?.close();
      this.#connection = undefined;
      this.#isReporting = false;
    }
  }

  /** Ends the reports. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#connection?.close();
  }

  async #exchange(connection: Connection, lines: string): Promise<void> {
    await connection.write(new TextEncoder().encode(lines));
    await connection.closeWrite();
    const buffer = new Uint8Array(4_096);
    while (await connection.read(buffer) !== null);
  }

  #tell(isReached: boolean): void {
    if (isReached === this.#isReached || this.#isClosed) return;
    this.#isReached = isReached;
    const { endpoint, onChange } = this.#options;
    const where = formatAddress(tcpAddress(endpoint.hostname, endpoint.port));
    onChange(isReached ? `reports reach ${where} again` : `cannot report to ${where}: it is out of reach`);
  }
}

/** The figures as lines of the metrics protocol. */
export function linesOf(
  figures: readonly Figure[],
  { prefix, timeSeconds }: { readonly prefix: string; readonly timeSeconds: number },
): string {
  let lines = "";
  const put = (name: string, value: number): void => {
    if (Number.isFinite(value)) lines += `put ${prefix}.${name} ${value} ${timeSeconds}\n`;
  };
  for (const figure of figures) {
    if (figure.kind !== "histogram") {
      for (const { labels, value } of figure.samples) put(figure.name + suffixOf(labels), value);
      continue;
    }
    const { bounds, counts, sum } = figure.distribution;
    let below = 0;
    Array.from(counts).forEach((count, index) => {
      below += count;
      put(`${figure.name}.le_${bounds[index] === undefined ? "inf" : word(String(bounds[index]))}`, below);
    });
    put(`${figure.name}.sum`, sum);
    put(`${figure.name}.count`, below);
  }
  return lines;
}

function suffixOf(labels: FigureLabels = {}): string {
  return Object.values(labels).map((text) => `.${word(text)}`).join("");
}

/** A text as one word of a key. */
function word(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]+/g, "_");
}
