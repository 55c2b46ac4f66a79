// The test tasks. `deno task test` runs what needs nothing but Deno, `deno task test:real` what needs other runtimes, a
// browser or Debian's servers; `deno test -A` runs both. Each run ends with what was skipped, and why, what failed, and
// `N passed, N failed`.

import { tryAgain } from "./runner/second_try.ts";
import { contains, findTests } from "./runner/test_files.ts";
import { type Outcome, type Part, startTests, type TestProcess } from "./runner/test_process.ts";
import type { Failure } from "./runner/test_report.ts";

// A case of the black-box suite has the runtime in its name; see `testOn` in runtimes/runtimes.ts.
const ON_OTHER_RUNTIME = "/, on (?:Node 20|Node 24|Bun)(?:$|:)/";
const REAL_FILE = "_real_test.ts";
const REGISTERS_ELSEWHERE = /\btestOn\(/;
// As many runs as small machines have processors.
const SIDE_BY_SIDE = 2;
// The end of a report is read first: it has room for the errors of this many failures.
const ERRORS_SHOWN = 3;

/** Arguments of the runs of `deno test`. @param more further arguments, as given by the user */
function runsOf(part: Part, more: readonly string[]): string[][] {
  const files = findTests("tests");
  const own = files.filter((file) => !file.endsWith(REAL_FILE));
  if (part === "own") return split(own, 4).map((some) => [...more, ...some]);
  const real = files.filter((file) => file.endsWith(REAL_FILE));
  const elsewhere = own.filter((file) => contains(file, REGISTERS_ELSEWHERE));
  return [
    ...split(real, 4).map((some) => [...more, ...some]),
    ...split(elsewhere, 2).map((some) => ["--filter", ON_OTHER_RUNTIME, ...more, ...some]),
  ];
}

/** Shares files out: neighbours, which often take equally long, come into different parts. No part is empty. */
function split(files: readonly string[], parts: number): string[][] {
  return Array.from({ length: parts }, (_, part) => files.filter((_, place) => place % parts === part))
    .filter((some) => some.length > 0);
}

/** Gives each run a folder of its own for its coverage, because Deno empties the folder that it is given. */
function ownFolder(word: string, name: string): string {
  return word.startsWith("--coverage=") ? `${word}/${name}` : word;
}

/** Runs all tests of a part, and shows the output of one run after the other. */
async function runAll(part: Part, more: readonly string[]): Promise<Outcome[]> {
  const waiting = runsOf(part, more);
  const running = new Set<TestProcess>();
  const outcomes: Outcome[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const work = async (): Promise<void> => {
    for (let args = waiting.shift(); args !== undefined; args = waiting.shift()) {
      const name = `${part}-${waiting.length}`;
      const run = startTests(part, args.map((word) => ownFolder(word, name)), turn);
      turn = run.shown;
      running.add(run);
      outcomes.push(await run.outcome);
      running.delete(run);
    }
  };
  const stop = (): void => {
    waiting.length = 0;
    running.forEach((run) => run.end("the whole run was stopped"));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  await turn;
  return outcomes;
}

/** One line for each reason, with the number of cases. */
function summarize(skipped: readonly string[]): string {
  if (skipped.length === 0) return "nothing was skipped";
  const reasons = Map.groupBy(skipped, (name) => /: skipped, (.*)$/.exec(name)?.[1] ?? name);
  const lines = Array.from(reasons, ([reason, names]) => `  ${names.length}: ${reason}`);
  return `skipped, with the reason:\n${lines.join("\n")}`;
}

function describe(verdict: string, failures: readonly Failure[]): string[] {
  return failures.flatMap(({ name, error }, place) => [
    `${verdict}: ${name}`,
    ...(place < ERRORS_SHOWN ? error.map((line) => `  ${line}`) : []),
  ]);
}

async function main([part, ...more]: readonly string[]): Promise<number> {
  if (part !== "own" && part !== "real") throw new RangeError(`expected own or real, got ${part}`);
  const outcomes = await runAll(part, more);
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  const broken = outcomes.flatMap((outcome) => outcome.broken ?? []);
  const saved = broken.length === 0 ? await tryAgain(part, failures) : new Set<Failure>();
  const failed = [...broken, ...failures.filter((failure) => !saved.has(failure))];
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, saved.size);
  console.log(summarize(outcomes.flatMap(({ skipped }) => skipped)));
  console.log("results:");
  for (const line of describe("passed at the second try", [...saved])) console.log(line);
  for (const line of describe("failed", failed)) console.log(line);
  console.log(`${passed} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
