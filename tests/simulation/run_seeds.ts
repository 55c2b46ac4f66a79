import { makeScript } from "./make_script.ts";
import type { Script } from "./script.ts";
import { shrink } from "./shrink.ts";
import { type Outcome, simulate } from "./simulate.ts";

// Each of this many scripts runs twice: the same script must give the same trace.
const RUNS_PER_REPETITION = 50;

/** A script that shows a fault. */
export interface Finding {
  readonly seed: number;
  readonly sentences: readonly string[];
  /** The script, shrunk as far as possible, with its findings. */
  readonly script: Script;
  readonly shrunkSentences: readonly string[];
}

/** Runs the script of a seed, and shrinks it if it shows a fault. */
export async function runSeed(seed: number): Promise<Finding | undefined> {
  const script = makeScript(seed);
  const outcome = await simulate(script);
  if (outcome.findings.length > 0) return await explain(script, outcome);
  if (seed % RUNS_PER_REPETITION !== 0) return undefined;
  const again = await simulate(makeScript(seed));
  const at = outcome.trace.findIndex((line, index) => line !== again.trace[index]);
  if (at < 0) return undefined;
  const sentences = [`two traces of one script: ${outcome.trace[at]} | ${again.trace[at]}`];
  return { seed, sentences, script, shrunkSentences: sentences };
}

async function explain(script: Script, { findings }: Outcome): Promise<Finding> {
  const kind = kindOf(findings);
  const showsFault = async (candidate: Script): Promise<boolean> => {
    return kindOf((await simulate(candidate)).findings) === kind;
  };
  const smallest = await shrink(script, showsFault);
  const { findings: shrunkSentences } = await simulate(smallest);
  return { seed: script.seed, sentences: findings, script: smallest, shrunkSentences };
}

/** A finding without its names, which shrinking must keep. */
function kindOf(findings: readonly string[]): string {
  return findings[0]?.replaceAll(/c\d+(r\d+)?/g, "") ?? "";
}

/** Writes a finding for a reader. */
export function formatFinding({ seed, sentences, script, shrunkSentences }: Finding): string {
  const { connections, steps } = script;
  return [
    `seed ${seed}:`,
    ...sentences.map((sentence) => `  ${sentence}`),
    "as short as it gets:",
    ...shrunkSentences.map((sentence) => `  ${sentence}`),
    ...connections.map((plan, index) => `  connection ${index}: ${JSON.stringify(plan)}`),
    ...steps.map((step) => `  ${JSON.stringify(step)}`),
  ].join("\n");
}
