/** The questions about its own objects that Bun answers, and the web does not. */
export interface BunInspection {
  /** About how many bytes an object takes, those of text or bytes that it keeps included. */
  readonly memoryOf: (object: object) => number;
  /** The value of a promise that is fulfilled; the promise itself if it is not. */
  readonly valueOf: <Value>(promise: Promise<Value>) => Promise<Value> | Value;
}

// The parts of Bun 1.4 in use here; Deno's types do not include them.
interface BunGlobals {
  readonly Bun?: { peek<Value>(promise: Promise<Value>): Promise<Value> | Value };
  readonly process?: {
    getBuiltinModule?(name: "bun:jsc"): { estimateShallowMemoryUsageOf(object: object): number } | undefined;
  };
}

/** Finds what Bun can tell; undefined on any other runtime. */
export function findBunInspection(): BunInspection | undefined {
  const { Bun, process } = globalThis as BunGlobals;
  const engine = Bun === undefined ? undefined : process?.getBuiltinModule?.("bun:jsc");
  if (engine === undefined) return undefined;
  return { memoryOf: engine.estimateShallowMemoryUsageOf, valueOf: Bun!.peek };
}
