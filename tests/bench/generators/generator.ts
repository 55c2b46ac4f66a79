import type { Machine } from "../machine.ts";
import type { ProcessGroup } from "../processes.ts";
import { createAb } from "./ab.ts";
import { createBuiltin } from "./builtin.ts";
import { createWrk } from "./wrk.ts";

/** One measurement to be made. */
export interface Load {
  /** URL to request again and again. */
  readonly url: string;
  /** Keep-alive connections open at the same time. */
  readonly connections: number;
  /** Requests sent together on one connection; 1 means one at a time. */
  readonly pipelined: number;
  /** Length in whole seconds. */
  readonly seconds: number;
  /** Bytes of content to send by POST, which only wrk can. Without it the method is GET. */
  readonly uploadBytes?: number;
}

/** The result of a measurement. */
export interface LoadResult {
  /** Responses received whole. */
  readonly requests: number;
  /** Time from the first to the last, in seconds. */
  readonly seconds: number;
  /** Responses with a status other than 2xx or 3xx, and failed reads, writes and connects. */
  readonly failures: number;
  /** Median time of a response in microseconds, if the generator tells it. */
  readonly p50Us?: number;
  /** Time within which 99 of 100 responses came, in microseconds. */
  readonly p99Us?: number;
}

/** A program that puts load on a server. */
export interface LoadGenerator {
  /** Name for people. */
  readonly name: string;
  /** Runs one measurement. @throws {Error} when the program fails */
  readonly run: (load: Load) => Promise<LoadResult>;
}

/** The generators of one run. */
export interface LoadGenerators {
  /** For one request at a time on each connection. */
  readonly single: LoadGenerator;
  /** For several requests sent together. */
  readonly pipelined: LoadGenerator;
}

/** What a generator needs to work. */
export interface GeneratorSetting {
  /** Starts the programs. */
  readonly processes: ProcessGroup;
  /** The machine: it tells what is installed. */
  readonly machine: Machine;
  /** A folder for scripts. */
  readonly folder: string;
}

/**
 * Takes the generator that the command line names, or the best that is installed: wrk, then ab, then our own.
 * ab cannot pipeline, so our own does that beside it.
 *
 * @throws {RangeError} when the named one is not installed
 */
export function chooseGenerators(
  wanted: "wrk" | "ab" | "builtin" | undefined,
  setting: GeneratorSetting,
): LoadGenerators {
  const { versions } = setting.machine;
  const name = wanted ?? (versions.has("wrk") ? "wrk" : versions.has("ab") ? "ab" : "builtin");
  if (name !== "builtin" && !versions.has(name)) {
    throw new RangeError(`Cannot use ${name}: it is not installed`);
  }
  const builtin = createBuiltin(setting);
  if (name === "builtin") return { single: builtin, pipelined: builtin };
  if (name === "ab") return { single: createAb(setting), pipelined: builtin };
  const wrk = createWrk(setting);
  return { single: wrk, pipelined: wrk };
}
