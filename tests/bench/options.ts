import { parseArgs } from "@std/cli/parse-args";

/** The values of the command line. */
export interface BenchOptions {
  /** Names of the sections to run, in order; empty means all. */
  readonly sections: readonly string[];
  /** Length of one measurement in seconds, a whole number because wrk and ab take no other. */
  readonly seconds: number;
  /** Measurements for each server and mode. */
  readonly rounds: number;
  /** Names of the servers to run; empty means all. */
  readonly only: readonly string[];
  /** File that gets all figures as JSON. */
  readonly json: string | undefined;
  /** Document that gets the tables of the sections that ran. */
  readonly write: string | undefined;
  /** The load generator; undefined takes the best one installed. */
  readonly generator: "wrk" | "ab" | "builtin" | undefined;
  /** Whether to print the usage and end. */
  readonly help: boolean;
}

/** The flags, for people. */
export const USAGE = `Usage: deno task bench [SECTION ...] [flags]

  SECTION            http, fetch, memory, latency, static, cold, listing, not-modified,
                     compressed, tls, trap, metrics, cluster, attack; without
                     one, all of them
  --seconds N        length of one measurement, whole seconds (1)
  --rounds N         measurements per server and mode, interleaved; medians are printed (5)
  --only NAMES       servers or attacks, separated by commas
  --generator NAME   wrk, ab or builtin (the first of these that is installed)
  --json FILE        writes all figures to FILE
  --write FILE       puts the tables into FILE, a document such as docs/benchmarks.md
  --help             prints this text`;

const FLAGS = ["seconds", "rounds", "only", "json", "write", "generator"];
const GENERATORS = ["wrk", "ab", "builtin"] as const;

/**
 * Reads the command line.
 *
 * @throws {RangeError} naming the flag and what was expected
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const flags: Record<string, unknown> = parseArgs([...args], {
    string: [...FLAGS, "_"],
    boolean: ["help"],
    unknown: (flag: string, key?: string): boolean => {
      if (key !== undefined) throw new RangeError(`Cannot read ${flag}: no such flag`);
      return true;
    },
  });
  const generator = text(flags, "generator");
  if (generator !== undefined && !isGenerator(generator)) {
    throw new RangeError(`Cannot read --generator: expected ${GENERATORS.join(", ")}, got "${generator}"`);
  }
  return {
    sections: (flags["_"] as unknown[]).map(String),
    seconds: positiveInteger(flags, "seconds", 1),
    rounds: positiveInteger(flags, "rounds", 5),
    only: (text(flags, "only") ?? "").split(",").filter((name) => name !== ""),
    json: text(flags, "json"),
    write: text(flags, "write"),
    generator,
    help: flags["help"] === true,
  };
}

function isGenerator(name: string): name is (typeof GENERATORS)[number] {
  return GENERATORS.some((known) => known === name);
}

function text(flags: Record<string, unknown>, name: string): string | undefined {
  const value = flags[name];
  if (value === "") throw new RangeError(`Cannot read --${name}: expected a value`);
  return value === undefined ? undefined : String(value);
}

function positiveInteger(flags: Record<string, unknown>, name: string, fallback: number): number {
  const value = text(flags, name);
  if (value === undefined) return fallback;
  if (!/^[1-9][0-9]{0,5}$/.test(value)) {
    throw new RangeError(`Cannot read --${name}: expected a whole number above 0, got "${value}"`);
  }
  return Number(value);
}
