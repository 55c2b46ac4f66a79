import type { AccessEntry, ChainEntry, ErrorEntry, ErrorLevel, LogFormat } from "./entry.ts";
import { createJsonFormat } from "./json_format.ts";
import { LineBuffer } from "./line_buffer.ts";
import { createConsoleTarget, type LineTarget, openFileTarget } from "./line_target.ts";
import { createEmitter, routeToLogs } from "./logtape_route.ts";
import { createTextFormat } from "./text_format.ts";

/** Where a log goes. */
export type LogTarget =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "console"; readonly write: (lines: string) => void }
  | { readonly kind: "off" };

/** Options of {@linkcode openLogs}. */
export interface LogOptions {
  /** Where answered requests are logged. */
  readonly accessLog: LogTarget;
  /** Where errors are logged. */
  readonly errorLog: LogTarget;
  /** Where the chains of requests are logged, by servers that have such; default off. */
  readonly chainLog?: LogTarget;
  /** Lines for people, or one JSON object a line; default `text`. */
  readonly format?: "text" | "json";
  /** Errors below this level are not logged; default `info`. */
  readonly lowestLevel?: ErrorLevel;
  /** The longest time in which an entry is not yet in its file; default 500. */
  readonly flushAfterMs?: number;
  /** The time of the lines that the logs write themselves, in milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
  /** Told of a log that cannot be written, once until it can again. Must not throw. */
  readonly onError?: (error: unknown) => void;
}

/** Takes answered requests. */
export interface AccessLog {
  /** Logs an answered request. Never waits and never throws. */
  write(entry: AccessEntry): void;
}

/** Takes errors. */
export interface ErrorLog {
  /** Logs an error; one of level `fatal` is written before this returns. Never waits otherwise, never throws. */
  write(entry: ErrorEntry): void;
}

/** Takes the records of the chains of requests. */
export interface ChainLog {
  /** Logs a record. Never waits and never throws. */
  write(entry: ChainEntry): void;
}

/** The open logs of one server. */
export interface Logs {
  /** The access log; undefined when it is off, so that entries need not be made. */
  readonly access: AccessLog | undefined;
  /** The error log; undefined when it is off. */
  readonly error: ErrorLog | undefined;
  /** The log of chains; undefined when it is off. */
  readonly chain: ChainLog | undefined;
  /** Entries that could not be written, so far. */
  readonly droppedEntries: number;
  /** Writes what is unwritten. Never rejects. */
  flush(): Promise<void>;
  /** Writes what is unwritten before it returns, for the end of the process. */
  flushSync(): void;
  /** Goes on in new files of the same names. @throws {LogFileError} when one cannot be opened */
  reopen(): Promise<void>;
  /** Writes what is unwritten and closes the files. Never rejects. */
  close(): Promise<void>;
}

// A console is watched while things happen; still one write for what happens together.
const CONSOLE_FLUSH_AFTER_MS = 20;

const LEVEL_RANKS: Readonly<Record<ErrorLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4 };

/**
 * Opens the logs of a server. Several servers of a process may have their own; two logs may share a file.
 *
 * Entries go through LogTape as records of the categories `millrace access`, `millrace error` and `millrace chain`. The first call
 * configures LogTape where the program has not.
 *
 * A short access entry costs 0.7 microseconds all in: id, line, LogTape, buffer and its share of the write; a full one
 * of a request of five header lines 2.0. As JSON it is 1.3 and 3.8 (Deno 2.9.6).
 *
 * @throws {LogFileError} when a file cannot be opened
 * @throws {TypeError} when the program has configured LogTape without `millraceSink`
 */
export async function openLogs(options: LogOptions): Promise<Logs> {
  routeToLogs();
  const format = options.format === "json" ? createJsonFormat() : createTextFormat();
  const buffers: LineBuffer[] = [];
  const open = async (target: LogTarget): Promise<LineBuffer | undefined> => {
    const lines = await openLines(target, format, options);
    if (lines !== undefined) buffers.push(lines);
    return lines;
  };
  let accessLines, errorLines, chainLines: LineBuffer | undefined;
  try {
    accessLines = await open(options.accessLog);
    errorLines = await open(options.errorLog);
    chainLines = await open(options.chainLog ?? { kind: "off" });
  } catch (error) {
    for (const lines of buffers) await lines.close();
    throw error;
  }
  return {
    access: accessLines && createAccessLog(accessLines, format),
    error: errorLines && createErrorLog(errorLines, format, options.lowestLevel ?? "info"),
    chain: chainLines && createChainLog(chainLines, format),
    get droppedEntries(): number {
      return buffers.reduce((sum, { droppedEntries }) => sum + droppedEntries, 0);
    },
    flush: async () => void await Promise.all(buffers.map((buffer) => buffer.flush())),
    flushSync: () => buffers.forEach((buffer) => buffer.flushSync()),
    reopen: async () => void await Promise.all(buffers.map((buffer) => buffer.reopen())),
    close: async () => void await Promise.all(buffers.map((buffer) => buffer.close())),
  };
}

async function openLines(
  target: LogTarget,
  format: LogFormat,
  options: LogOptions,
): Promise<LineBuffer | undefined> {
  const now = options.now ?? Date.now;
  const open = (lineTarget: LineTarget, flushAfterMs: number): LineBuffer =>
    new LineBuffer(lineTarget, {
      flushAfterMs,
      formatDropped: (count) => format.dropped(now(), count),
      onError: options.onError,
    });
  switch (target.kind) {
    case "file":
      return open(await openFileTarget(target.path), options.flushAfterMs ?? 500);
    case "console":
      return open(createConsoleTarget(target.write), CONSOLE_FLUSH_AFTER_MS);
    case "off":
      return undefined;
  }
}

function createAccessLog(lines: LineBuffer, format: LogFormat): AccessLog {
  const emit = createEmitter<AccessEntry>("access", (text) => lines.write(text));
  return { write: (entry) => emit("info", entry.timeMs, format.access(entry), entry) };
}

function createChainLog(lines: LineBuffer, format: LogFormat): ChainLog {
  const emit = createEmitter<ChainEntry>("chain", (text) => lines.write(text));
  return {
    write(entry: ChainEntry): void {
      emit(entry.level, Math.floor(entry.timeMicros / 1_000), format.chain(entry), entry);
    },
  };
}

function createErrorLog(lines: LineBuffer, format: LogFormat, lowestLevel: ErrorLevel): ErrorLog {
  const emit = createEmitter<ErrorEntry>("error", (text) => lines.write(text));
  const lowestRank = LEVEL_RANKS[lowestLevel];
  return {
    write(entry: ErrorEntry): void {
      if (LEVEL_RANKS[entry.level] < lowestRank) return;
      emit(entry.level === "warn" ? "warning" : entry.level, entry.timeMs, format.error(entry), entry);
      if (entry.level === "fatal") lines.flushSync();
    },
  };
}
