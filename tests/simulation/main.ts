// deno task simulate --seconds 600: runs scripts until the time is up or one shows a fault.
// deno task simulate --seed 42: runs one script. With --metrics the scripts are those of the metrics server.

import { parseArgs } from "@std/cli/parse-args";
import { simulateMetrics } from "./metrics_simulation.ts";
import { formatFinding, runSeed } from "./run_seeds.ts";

const PROGRESS_MS = 10_000;

async function main(): Promise<void> {
  const { seconds, seed, metrics } = parseArgs(Deno.args, {
    string: ["seconds", "seed"],
    boolean: ["metrics"],
    default: { seconds: "60" },
  });
  const run = metrics ? runMetricsSeed : runHttpSeed;
  if (seed !== undefined) return report(Number(seed), 1, await run(Number(seed)));
  const endMs = performance.now() + Number(seconds) * 1000;
  let nextWordMs = performance.now() + PROGRESS_MS;
  const first = crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;
  let scripts = 0;
  for (; performance.now() < endMs; scripts++) {
    const finding = await run(first + scripts);
    if (finding !== undefined) return report(first + scripts, scripts + 1, finding);
    if (performance.now() < nextWordMs) continue;
    console.log(`${scripts + 1} scripts`);
    nextWordMs += PROGRESS_MS;
  }
  report(first, scripts, undefined);
}

async function runHttpSeed(seed: number): Promise<string | undefined> {
  const finding = await runSeed(seed);
  return finding && formatFinding(finding);
}

async function runMetricsSeed(seed: number): Promise<string | undefined> {
  const findings = await simulateMetrics(seed);
  return findings.length === 0 ? undefined : `seed ${seed}:\n${findings.join("\n")}`;
}

function report(seed: number, scripts: number, finding: string | undefined): void {
  if (finding === undefined) {
    return console.log(`no finding in ${scripts} scripts, the first of seed ${seed}`);
  }
  console.log(`a finding in script ${scripts}\n${finding}`);
  Deno.exitCode = 1;
}

await main();
