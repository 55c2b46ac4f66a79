// The long run of the fuzzer: deno task fuzz [--seconds 60] [--seed 1]

import { parseArgs } from "@std/cli/parse-args";
import { type FuzzCounts, fuzzTokenizer } from "./fuzz_check.ts";

const INPUTS_A_ROUND = 2_000;

/** Runs rounds until the time is up, each with seeds of its own, and tells what the inputs came to. */
function fuzzFor(seconds: number, firstSeed: number): void {
  const endMs = Date.now() + seconds * 1_000;
  const total: FuzzCounts = new Map();
  let seed = firstSeed;
  for (; Date.now() < endMs; seed += INPUTS_A_ROUND) {
    for (const [end, count] of fuzzTokenizer(seed, INPUTS_A_ROUND)) {
      total.set(end, (total.get(end) ?? 0) + count);
    }
  }
  console.log(`${seed - firstSeed} inputs from seed ${firstSeed}, all well behaved; they ended:`);
  for (const [end, count] of [...total].sort((left, right) => right[1] - left[1])) {
    console.log(`${count}\t${end}`);
  }
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, { string: ["seconds", "seed"] });
  fuzzFor(Number(flags.seconds ?? 60), Number(flags.seed ?? Date.now() % 1e9));
}
