/** A test case that failed. */
export interface Failure {
  readonly name: string;
  /** Its file, below the repository. */
  readonly file: string;
  /** The first lines of its error. */
  readonly error: readonly string[];
}

/** The contents of the output of `deno test`. */
export interface TestReport {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** Names of cases that were skipped, each with its reason. */
  readonly skipped: readonly string[];
  /** Whether the output goes to its closing line. */
  readonly isComplete: boolean;
  /** The case that had begun and had no result at the end of the output. */
  readonly unfinished: Omit<Failure, "error"> | undefined;
}

// Lines of the output. Names of steps are indented, and count with their case.
const FILE = /^running \d+ tests? from \.\/(.+)$/;
const RESULT = /^(\S.*) \.\.\. (ok|ignored|FAILED|cancelled)(?: \(.*\))?$/;
const BEGINNING = /^(\S.*) \.\.\.(?: |$)/;
const UNCAUGHT = /^Uncaught error from \.\/(.+) FAILED$/;
const CLOSING = /^(?:ok|FAILED) \| \d+ passed/m;
const ERROR_HEADING = /^(?:(.+) => \.\/.+:\d+:\d+|\.\/(.+) \(uncaught error\))$/;
// deno-lint-ignore no-control-regex -- the colours of a terminal
const COLOUR = /\x1b\[[0-9;]*m/g;
// After one minute of a case, two, four and so on; it comes between the name and the result.
const REMINDER = /(?<= \.\.\.|^)'.*' has been running for over \([^)]*\)\n/gm;

const ERROR_LINES = 8;
const UNCAUGHT_NAME = "an error outside of all cases";

/** Reads the output of `deno test`, complete or cut off. */
export function readReport(output: string): TestReport {
  const text = withoutReminders(output.replaceAll(COLOUR, ""));
  const [cases = "", errors = ""] = text.split(/^ ERRORS $/m);
  const failed: Omit<Failure, "error">[] = [];
  const skipped: string[] = [];
  let [passed, file] = [0, ""];
  let unfinished: TestReport["unfinished"];
  for (const line of cases.split("\n")) {
    file = FILE.exec(line)?.[1] ?? file;
    const [, name, result] = RESULT.exec(line) ?? [];
    const uncaughtIn = UNCAUGHT.exec(line)?.[1];
    if (result === "ok") passed++;
    else if (result === "ignored") skipped.push(name!);
    else if (result === "FAILED") failed.push({ name: name!, file });
    else if (uncaughtIn !== undefined) failed.push({ name: UNCAUGHT_NAME, file: uncaughtIn });
    const begun = BEGINNING.exec(line)?.[1];
    if (begun !== undefined) unfinished = result === undefined ? { name: begun, file } : undefined;
  }
  const errorOf = readErrors(errors);
  const failures = failed.map((failure) => ({ ...failure, error: errorOf(failure) }));
  return { passed, failures, skipped, isComplete: CLOSING.test(text), unfinished };
}

/** The output without the lines that remind of a case that takes long. */
export function withoutReminders(output: string): string {
  return output.replaceAll(REMINDER, "");
}

/** The first lines of each error, to be found by its case. */
function readErrors(section: string): (failure: Omit<Failure, "error">) => readonly string[] {
  const errors: { readonly heading: string; readonly lines: string[] }[] = [];
  for (const line of (section.split(/^ FAILURES $/m)[0] ?? "").split("\n")) {
    const heading = ERROR_HEADING.exec(line);
    if (heading !== null) errors.push({ heading: heading[1] ?? heading[2]!, lines: [] });
    else errors.at(-1)?.lines.push(line);
  }
  return ({ name, file }) => {
    const wanted = name === UNCAUGHT_NAME ? file : name;
    const found = errors.find(({ heading }) => heading === wanted || heading.startsWith(`${wanted} ... `));
    return shorten(found?.lines ?? []);
  };
}

/** The message, and the first line of the stack inside of the tests. */
function shorten(lines: readonly string[]): readonly string[] {
  const isOfStack = (line: string): boolean => line.startsWith("    at ");
  const message = lines.filter((line) => line.trim() !== "" && !isOfStack(line)).slice(0, ERROR_LINES);
  return [...message, ...lines.filter((line) => isOfStack(line) && line.includes("/tests/")).slice(0, 1)];
}
