import { assertEquals } from "@std/assert";
import { simulateMetrics } from "./metrics_simulation.ts";
import { formatFinding, runSeed } from "./run_seeds.ts";

// Fixed seeds: every run of the tests checks the same scripts. The long mode looks further.
const SCRIPTS = 3_000;
const METRICS_SCRIPTS = 1_000;

Deno.test(`serve() loses, mixes up and leaves nothing in ${SCRIPTS} simulated scripts`, async () => {
  const findings: string[] = [];
  for (let seed = 0; seed < SCRIPTS && findings.length === 0; seed++) {
    const finding = await runSeed(seed);
    if (finding !== undefined) findings.push(formatFinding(finding));
  }
  assertEquals(findings, []);
});

Deno.test(`the metrics server gives each command its reply, in order, and leaves nothing in ${METRICS_SCRIPTS} simulated scripts`, async () => {
  for (let seed = 0; seed < METRICS_SCRIPTS; seed++) {
    assertEquals(await simulateMetrics(seed), [], `seed ${seed}`);
  }
});
