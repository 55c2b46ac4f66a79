import type { BenchOptions } from "./options.ts";
import type { LoadGenerators } from "./generators/generator.ts";
import type { Machine } from "./machine.ts";
import type { ProcessGroup } from "./processes.ts";
import type { Table } from "./table.ts";

/** What every section works with. */
export interface Bench {
  /** The values of the command line. */
  readonly options: BenchOptions;
  /** The machine, and which tools it has. */
  readonly machine: Machine;
  /** Starts processes and ends all of them, whatever happens. */
  readonly processes: ProcessGroup;
  /** The load generators of this run. */
  readonly generators: LoadGenerators;
  /** A folder for configurations, scripts and logs that is removed at the end. */
  readonly folder: string;
  /** Says on stderr what is being measured. */
  readonly report: (line: string) => void;
}

/** The result of a section. */
export interface SectionReport {
  /** Heading of the section. */
  readonly title: string;
  /** How it was measured, in a sentence. */
  readonly method: string;
  /** The figures for people. */
  readonly table: Table;
  /** Sentences below the table: ratios, failures, what was not available. */
  readonly notes: readonly string[];
  /** The same figures for programs (`--json`). */
  readonly figures: unknown;
  /** Whether a server of ours gave wrong responses or none. */
  readonly isBroken: boolean;
}

/** One part of the benchmark, chosen by name on the command line. */
export interface Section {
  /** Its name on the command line. */
  readonly name: string;
  /** Measures; never asserts a time. */
  readonly run: (bench: Bench) => Promise<SectionReport>;
}
