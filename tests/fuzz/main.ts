// Looks for bytes that break the server: deno task fuzz [--seconds 60 | --inputs N] [--seed N] [--target NAME]

import { parseArgs } from "@std/cli/parse-args";
import { RESPONSES } from "./responses_target.ts";
import { Fuzzer, type FuzzReport } from "./fuzzer.ts";
import { REQUESTS } from "./requests_target.ts";
import { SERVING } from "./serving_target.ts";
import type { FuzzTarget } from "./target.ts";
import { TOKENS } from "./tokens_target.ts";

const TARGETS: readonly FuzzTarget[] = [TOKENS, REQUESTS, SERVING, RESPONSES];
const DEFAULT_SECONDS = 60;

async function main(args: readonly string[]): Promise<void> {
  const flags = parseArgs([...args], { string: ["seconds", "inputs", "seed", "target"] });
  const seed = Number(flags.seed ?? Date.now() % 1e9);
  const maxInputs = Number(flags.inputs ?? Infinity);
  const seconds = Number(flags.seconds ?? (flags.inputs === undefined ? DEFAULT_SECONDS : Infinity));
  const targets = TARGETS.filter(({ name }) => flags.target === undefined || flags.target === name);
  const fuzzer = await Fuzzer.open({ seed, targets });
  const endMs = performance.now() + seconds * 1_000;
  console.log(`seed ${seed}`);
  while (fuzzer.report.inputs < maxInputs && performance.now() < endMs) await fuzzer.step();
  print(fuzzer.report);
  await fuzzer.close();
}

function print({ inputs, kept, functions, paths, ends }: FuzzReport): void {
  console.log(
    `${inputs} inputs, all well behaved; ${kept} kept; ${paths} ways through ${functions} functions`,
  );
  for (const [end, count] of [...ends].sort(([left], [right]) => left < right ? -1 : 1)) {
    console.log(`${count}\t${end}`);
  }
}

if (import.meta.main) await main(Deno.args);
