// The page's report about the server itself, once a second.

/** One number about the server. */
export interface PageFigure {
  /** Name for programs. */
  readonly name: string;
  /** Name for people. */
  readonly label: string;
  /** Its unit. */
  readonly unit: "count" | "bytes" | "seconds";
  /** Whether it only grows: the page then shows its rate. */
  readonly isCounter: boolean;
  /** The current number. */
  readonly value: number;
}

/** Sources of the numbers. */
export interface StatusSource {
  /** Version of the program. */
  readonly version: string;
  /** When the server started, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Whether the store refuses puts. */
  readonly isReadOnly: () => boolean;
  /** The current numbers. */
  readonly figures: () => readonly PageFigure[];
}

/** Content of `/api/status` and of each event `status`; times are seconds since 1970. */
export interface ServerStatus {
  readonly version: string;
  readonly startedAt: number;
  readonly now: number;
  readonly isReadOnly: boolean;
  readonly figures: readonly PageFigure[];
}

/** Asks a source. @param nowMs milliseconds since 1970 */
export function statusOf(source: StatusSource, nowMs: number): ServerStatus {
  return {
    version: source.version,
    startedAt: source.startedAtMs / 1_000,
    now: nowMs / 1_000,
    isReadOnly: source.isReadOnly(),
    figures: source.figures(),
  };
}
