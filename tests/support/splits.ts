import { Random } from "./random.ts";

// Larger inputs are not cut in two everywhere, but at this many places.
const MAX_CUTS = 400;
const RANDOM_SPLITS = 12;

/** One way to cut bytes into pushes. */
export interface Split {
  /** Its name, for messages: `byte by byte`, `cut at 17`. */
  readonly name: string;
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
}

/** The ways to cut: whole, byte by byte, in two everywhere, with empty pieces, and at seeded random places. */
export function* splitEverywhere(bytes: Uint8Array<ArrayBuffer>, seed: number = 1): Generator<Split> {
  yield { name: "whole", pieces: [bytes] };
  yield { name: "byte by byte", pieces: cutAt(bytes, Array.from(bytes, (_byte, index) => index)) };
  yield {
    name: "byte by byte with empty pushes",
    pieces: cutAt(bytes, Array.from(bytes, (_, i) => [i, i]).flat()),
  };
  const step = Math.max(1, Math.floor(bytes.length / MAX_CUTS));
  for (let cut = 1; cut < bytes.length; cut += step) {
    yield { name: `cut at ${cut}`, pieces: cutAt(bytes, [cut]) };
  }
  yield* splitAtRandom(bytes, new Random(seed), RANDOM_SPLITS);
}

/** Cuts at random places, from few to many. */
export function* splitAtRandom(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  count: number,
): Generator<Split> {
  for (let i = 0; i < count && bytes.length > 0; i++) {
    const cuts = Array.from({ length: 1 + random.below(1 + i) }, () => random.below(bytes.length));
    cuts.sort((left, right) => left - right);
    yield { name: `cut at ${cuts.join(", ")}`, pieces: cutAt(bytes, cuts) };
  }
}

function cutAt(bytes: Uint8Array<ArrayBuffer>, cuts: readonly number[]): Uint8Array<ArrayBuffer>[] {
  return [...cuts, bytes.length].map((cut, index) => bytes.subarray(cuts[index - 1] ?? 0, cut));
}
