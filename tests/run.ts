// The test tasks. `deno task test` runs what needs nothing but Deno, `deno task test:real` what needs other runtimes, a
// browser or Debian's servers; `deno test -A` runs both. Each run ends with what was skipped, and why.

import { ROOT } from "./support/program.ts";

/** Which tests to run. */
type Part = "own" | "real";

// A case of the black-box suite has the runtime in its name; see `testOn` in runtimes/runtimes.ts.
const ON_OTHER_RUNTIME = "/, on (?:Node 20|Node 24|Bun)(?:$|:)/";
const REAL_FILE = "_real_test.ts";
const TEST_FILE = /_test\.ts$/;

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

/** The result of a run of `deno test`. */
interface Outcome {
  readonly code: number;
  /** Names of cases that were skipped, each with its reason. */
  readonly skipped: readonly string[];
  /** Names of cases that failed. */
  readonly failed: readonly string[];
}

/** A run of `deno test` in progress. */
interface Run {
  /** Settles when all of its output is shown. */
  readonly shown: Promise<unknown>;
  readonly outcome: Promise<Outcome>;
}

// deno-lint-ignore no-control-regex -- the colours of a terminal
const COLOUR = /\x1b\[[0-9;]*m/g;

/** Starts `deno test`. @param turn until it settles, the output is held back */
function startTests(part: Part, args: readonly string[], turn: Promise<unknown>): Run {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: ROOT,
    env: { MILLRACE_TESTS: part },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [toShow, toRead] = child.stdout.tee();
  const shown = turn.then(() =>
    Promise.all([
      toShow.pipeTo(Deno.stdout.writable, { preventClose: true }),
      child.stderr.pipeTo(Deno.stderr.writable, { preventClose: true }),
    ])
  );
  return { shown, outcome: readOutcome(child.status, toRead) };
}

async function readOutcome(
  status: Promise<Deno.CommandStatus>,
  stdout: ReadableStream<Uint8Array>,
): Promise<Outcome> {
  const lines = (await new Response(stdout).text()).replaceAll(COLOUR, "").split("\n");
  return {
    code: (await status).code,
    skipped: lines.flatMap((line) => /^(.*) \.\.\. ignored/.exec(line)?.[1] ?? []),
    failed: lines.flatMap((line) => /^(.*) \.\.\. FAILED/.exec(line)?.[1] ?? []),
  };
}

/** One line for each reason, with the number of cases. */
function summarize(skipped: readonly string[]): string {
  if (skipped.length === 0) return "nothing was skipped";
  const reasons = Map.groupBy(skipped, (name) => /: skipped, (.*)$/.exec(name)?.[1] ?? name);
  const lines = Array.from(reasons, ([reason, names]) => `  ${names.length}: ${reason}`);
  return `skipped, with the reason:\n${lines.join("\n")}`;
}

async function main([part, ...more]: readonly string[]): Promise<number> {
  if (part !== "own" && part !== "real") throw new RangeError(`expected own or real, got ${part}`);
  let turn: Promise<unknown> = Promise.resolve();
  const runs = runsOf(part, more).map((args, place) => {
    const run = startTests(part, args.map((word) => ownFolder(word, `${part}-${place}`)), turn);
    turn = run.shown;
    return run;
  });
  await turn;
  const outcomes = await Promise.all(runs.map(({ outcome }) => outcome));
  console.log(summarize(outcomes.flatMap(({ skipped }) => skipped)));
  for (const name of outcomes.flatMap(({ failed }) => failed)) console.log(`failed: ${name}`);
  return Math.max(...outcomes.map(({ code }) => code));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
