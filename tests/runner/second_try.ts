import { contains } from "./test_files.ts";
import { type Part, startTests } from "./test_process.ts";
import type { Failure } from "./test_report.ts";

// More failures than this are no accident.
const MAX_FAILURES = 5;
/** Code that deals with processes or sockets. */
export const USES_SYSTEM = /\bDeno\.(?:Command|connect|connectTls|createHttpClient)\b/;

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
    if (!contains(file, USES_SYSTEM)) continue;
    console.log(`\nsecond try of "${name}"`);
    const { shown, outcome } = startTests(part, ["--no-check", "--filter", name, file], Promise.resolve());
    await shown;
    const { passed: count, failures: again, broken } = await outcome;
    if (count > 0 && again.length === 0 && broken === undefined) passed.add(failure);
  }
  return passed;
}
