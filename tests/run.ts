// The test tasks. `deno task test` runs what needs nothing but Deno, `deno task test:real` what needs other runtimes, a
// browser or Debian's servers; `deno test -A` runs both. Each run ends with what was skipped, and why, what failed, and
// `N passed, N failed`.

import { tryAgain } from "./runner/second_try.ts";
import { type Outcome, type Part, startTests } from "./runner/test_process.ts";
import type { Failure } from "./runner/test_report.ts";
import { ROOT } from "./support/program.ts";

// A case of the black-box suite has the runtime in its name; see `testOn` in runtimes/runtimes.ts.
const ON_OTHER_RUNTIME = "/, on (?:Node 20|Node 24|Bun)(?:$|:)/";
const REAL_FILE = "_real_test.ts";
const TEST_FILE = /_test\.ts$/;
// The end of a report is read first: it has room for the errors of this many failures.
const ERRORS_SHOWN = 3;

/** Arguments of the runs of `deno test`, which run side by side. @param more further arguments, as given by the user */
function runsOf(part: Part, more: readonly string[]): string[][] {
  const files = findTests("tests");
  const own = files.filter((file) => !file.endsWith(REAL_FILE));
  const real = files.filter((file) => file.endsWith(REAL_FILE));
  return part === "own"
    ? [0, 1].map((half) => [...more, ...own.filter((_, place) => place % 2 === half)])
    : [[...more, ...real], ["--filter", ON_OTHER_RUNTIME, ...more, ...own]];
}

function findTests(directory: string): string[] {
  return [...Deno.readDirSync(ROOT + directory)]
    .flatMap(({ name, isDirectory }) => {
      const path = `${directory}/${name}`;
      if (isDirectory) return findTests(path);
      return TEST_FILE.test(name) ? [path] : [];
    })
    .sort();
}

/** Gives each run a folder of its own for its coverage, because Deno empties the folder that it is given. */
function ownFolder(word: string, name: string): string {
  return word.startsWith("--coverage=") ? `${word}/${name}` : word;
}

/** Runs all tests of a part, and shows the output of one run after the other. */
async function runAll(part: Part, more: readonly string[]): Promise<Outcome[]> {
  let turn: Promise<unknown> = Promise.resolve();
  const runs = runsOf(part, more).map((args, place) => {
    const run = startTests(part, args.map((word) => ownFolder(word, `${part}-${place}`)), turn);
    turn = run.shown;
    return run;
  });
  const stop = (): void => runs.forEach((run) => run.end("the whole run was stopped"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
  await turn;
  return await Promise.all(runs.map(({ outcome }) => outcome));
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
