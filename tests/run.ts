// The test tasks. `deno task test` runs what needs nothing but Deno, `deno task test:real` what needs other runtimes, a
// browser or Debian's servers; `deno test -A` runs both. Each run ends with what was skipped, and why.

import { ROOT } from "./support/program.ts";

/** Which tests to run. */
type Part = "own" | "real";

// A case of the black-box suite has the runtime in its name; see `testOn` in runtimes/runtimes.ts.
const ON_OTHER_RUNTIME = "/, on (?:Node 20|Node 24|Bun)(?:$|:)/";
const REAL_FILE = "_real_test.ts";
const TEST_FILE = /_test\.ts$/;

/** What `deno test` is started with. @param more further arguments, as the user gave them */
function runsOf(part: Part, more: readonly string[]): string[][] {
  const files = findTests("tests");
  const own = files.filter((file) => !file.endsWith(REAL_FILE));
  const real = files.filter((file) => file.endsWith(REAL_FILE));
  return part === "own"
    ? [[...more, ...own]]
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

/** Gives each run a folder of its own for its coverage: Deno empties the folder that it is given. */
function ownFolder(word: string, name: string): string {
  return word.startsWith("--coverage=") ? `${word}/${name}` : word;
}

/** Runs `deno test`, shows what it says, and gathers the names of skipped cases. */
async function runTests(part: Part, args: readonly string[], skipped: string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: ROOT,
    env: { MILLRACE_TESTS: part },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let rest = "";
  const decoder = new TextDecoder();
  for await (const piece of child.stdout) {
    await Deno.stdout.write(piece);
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop()!;
    skipped.push(...lines.flatMap((line) => skippedCaseOf(line) ?? []));
  }
  return (await child.status).code;
}

// deno-lint-ignore no-control-regex -- the colours of a terminal
const COLOUR = /\x1b\[[0-9;]*m/g;

function skippedCaseOf(line: string): string | undefined {
  return /^(.*) \.\.\. ignored/.exec(line.replaceAll(COLOUR, ""))?.[1];
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
  const skipped: string[] = [];
  let code = 0;
  const runs = runsOf(part, more);
  for (const [place, args] of runs.entries()) {
    code = await runTests(part, args.map((word) => ownFolder(word, `${part}-${place}`)), skipped) || code;
  }
  console.log(summarize(skipped));
  return code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
