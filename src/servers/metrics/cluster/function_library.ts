import source from "./samples.lua" with { type: "text" };

/** The functions that the servers of the store run; see `samples.lua`. */
export const FUNCTION_LIBRARY: string = source;

/** The version of the layout, also part of the functions' names: another layout has others. */
export const LAYOUT_VERSION = 1;

/**
 * The number of partitions of a new store, for its whole life: each primary has some twenty, so that there is
 * room to grow, and a batch of 1,000 samples makes few calls. With 64 on three primaries a batch takes two
 * thirds of the time that it takes with 256 (Deno 2.9.6, Redis 7.0.15).
 */
export function partitionsFor(primaries: number): number {
  const wanted = Math.min(Math.max(primaries * 16, 64), 2_048);
  return 2 ** Math.ceil(Math.log2(wanted));
}

/** The key that holds the layout of the store. */
export const META_KEY = "millrace:metrics";

/** The key of the counter that numbers first puts. */
export const COUNTER_KEY = "millrace:metrics:order";
