import { Session } from "node:inspector";

/** How often the blocks of one function ran: ranges of its source from outer to inner, each with its count. */
export interface FunctionBlocks {
  /** File and place of the function. */
  readonly name: string;
  readonly ranges: readonly BlockRange[];
}

/** One block: from `startOffset` to `endOffset` of the file, without the blocks in it that ran more or less often. */
export interface BlockRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly functionName: string; readonly ranges: readonly BlockRange[] }[];
}

/**
 * Counts how often each block of some files runs, as the engine itself counts for coverage: every turn of every loop.
 *
 * Engine-wide: while one is open, nothing else in this thread can measure coverage.
 */
export class BlockCounter {
  readonly #session: Session;
  readonly #isWanted: (url: string) => boolean;

  private constructor(session: Session, isWanted: (url: string) => boolean) {
    this.#session = session;
    this.#isWanted = isWanted;
  }

  /** Begins to count. @param isWanted chooses files by their URL */
  static async open(isWanted: (url: string) => boolean): Promise<BlockCounter> {
    const session = new Session();
    session.connect();
    const counter = new BlockCounter(session, isWanted);
    await counter.#post("Profiler.enable");
    await counter.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    return counter;
  }

  /** The blocks that ran since the last call. */
  async take(): Promise<FunctionBlocks[]> {
    const { result } = await this.#post("Profiler.takePreciseCoverage") as { result: ScriptCoverage[] };
    return result.filter(({ url }) => this.#isWanted(url)).flatMap(({ url, functions }) =>
      functions.filter(({ ranges }) => ranges[0]!.count > 0).map(({ functionName, ranges }) => ({
        name: `${url}:${ranges[0]!.startOffset} ${functionName}`,
        ranges,
      }))
    );
  }

  /** Stops counting. */
  async close(): Promise<void> {
    await this.#post("Profiler.stopPreciseCoverage");
    await this.#post("Profiler.disable");
    this.#session.disconnect();
  }

  #post(method: string, parameters: Record<string, unknown> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, parameters, (error: Error | null, result: unknown) => {
        if (error === null) resolve(result);
        else reject(error);
      });
    });
  }
}

/** Executions of all blocks together: each run of a block counts once. */
export function countRuns(functions: readonly FunctionBlocks[]): number {
  let runs = 0;
  for (const { ranges } of functions) {
    for (const { count } of ranges) runs += count;
  }
  return runs;
}
