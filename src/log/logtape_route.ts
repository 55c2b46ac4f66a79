// How records pass through LogTape, and the only place that touches its configuration, which is one for the
// process.

import { type Config, configureSync, getConfig, getLogger, type LogLevel } from "@logtape/logtape";

/** Takes the finished lines of one log of one server. */
export type LineWriter = (lines: string) => void;

/** The parts of a LogTape record that {@linkcode millraceSink} reads. */
export interface DeliverableRecord {
  /** The finished lines. */
  readonly rawMessage: unknown;
  /** `write`: the log that takes the lines; `entry`: what they say. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Gives one entry to LogTape. */
export type Emit<Entry> = (level: LogLevel, timeMs: number, lines: string, entry: Entry) => void;

// LogTape copies every record before a sink sees it, because its properties might change later. Ours do not:
// the sink is done with them when it returns, and says so by this mark of LogTape's own sinks. On Deno 2.9.6
// with LogTape 2.4.2 a record costs 2.9 microseconds with the copy and 0.2 without; if the mark is not known
// all works as before.
const IMMEDIATE = Symbol.for("LogTape.sinkSnapshotPolicy.immediate");

/**
 * The sink of all records of the category `millrace`: each goes to the log it was made for.
 *
 * The record names its log, so one sink serves any number of servers, and closing one changes no
 * configuration. A program that configures LogTape itself gives this sink to its category `millrace`, and may
 * add others: records have the finished lines as their message and the entry as property `entry`.
 */
export const millraceSink: (record: DeliverableRecord) => void = Object.assign(deliver, {
  [IMMEDIATE]: true,
});

function deliver(record: DeliverableRecord): void {
  const write = record.properties["write"];
  if (typeof write === "function") write(record.rawMessage);
}

// The configuration of a process that has no other.
const OWN_CONFIG: Config<"millrace", string> = {
  sinks: { millrace: millraceSink },
  loggers: [
    { category: "millrace", sinks: ["millrace"], lowestLevel: "trace" },
    // LogTape's word about itself would go to the console, which is not ours to write to.
    { category: ["logtape", "meta"], sinks: [], lowestLevel: null },
  ],
};

/**
 * Leads the category `millrace` to {@linkcode millraceSink}, unless the program has configured LogTape
 * already.
 *
 * @throws {TypeError} when LogTape is configured without that sink, so that no entry would reach its log
 */
export function routeToLogs(): void {
  const config = getConfig();
  if (config === null) {
    configureSync(OWN_CONFIG);
  } else if (!Object.values(config.sinks).includes(millraceSink)) {
    throw new TypeError(
      "Cannot open the logs: LogTape is configured without millraceSink; give it to the category millrace",
    );
  }
}

/**
 * Makes the way of one log through LogTape's logger of the category `millrace` and `name`.
 *
 * @param write gets the lines at the end of the way
 */
export function createEmitter<Entry>(name: "access" | "error" | "chain", write: LineWriter): Emit<Entry> {
  const logger = getLogger(["millrace", name]);
  const { category } = logger;
  return (level, timeMs, lines, entry) => {
    // With our configuration each record gets to `write`, and to nobody else: LogTape's way there costs
    // 0.45 microseconds on Deno 2.9.6.
    if (getConfig() === OWN_CONFIG) return write(lines);
    // With its category in it LogTape passes the record on as it is, and does not build another one.
    const record = {
      category,
      level,
      message: [lines],
      rawMessage: lines,
      timestamp: timeMs,
      properties: { write, entry },
    };
    logger.emit(record);
  };
}
