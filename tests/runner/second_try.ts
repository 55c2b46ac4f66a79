import { ROOT } from "../support/program.ts";
import { type Part, startTests } from "./test_process.ts";
import type { Failure } from "./test_report.ts";

// More failures than this are no accident.
const MAX_FAILURES = 5;
const REPOSITORY = new URL(`file://${ROOT}`);
const TESTS = new URL("tests/", REPOSITORY);
const USES_SYSTEM = /\bDeno\.(?:Command|connect|connectTls|createHttpClient)\b/;
const IMPORT = /\bfrom "(\.[^"]+)"/g;

/**
 * Runs failed cases once more, one after the other, with nothing beside them.
 *
 * Only cases that use processes or sockets get a second try: on a busy machine the system can let them down. All others
 * depend on the code alone, so one failure is a fault.
 *
 * @returns those that have passed now
 */
export async function tryAgain(part: Part, failures: readonly Failure[]): Promise<ReadonlySet<Failure>> {
  const passed = new Set<Failure>();
  if (failures.length > MAX_FAILURES) return passed;
  for (const failure of failures) {
    const { name, file } = failure;
    if (!usesSystem(new URL(file, REPOSITORY))) continue;
    console.log(`\nsecond try of "${name}"`);
    const { shown, outcome } = startTests(part, ["--no-check", "--filter", name, file], Promise.resolve());
    await shown;
    const { passed: count, failures: again, broken } = await outcome;
    if (count > 0 && again.length === 0 && broken === undefined) passed.add(failure);
  }
  return passed;
}

/** Whether a file of the tests deals with processes or sockets, by itself or by what it imports from the tests. */
export function usesSystem(file: URL, seen: Set<string> = new Set()): boolean {
  if (seen.has(file.href) || !file.href.startsWith(TESTS.href)) return false;
  seen.add(file.href);
  const code = Deno.readTextFileSync(file);
  return USES_SYSTEM.test(code) ||
    Array.from(code.matchAll(IMPORT), ([, path]) => new URL(path!, file)).some((path) =>
      usesSystem(path, seen)
    );
}
