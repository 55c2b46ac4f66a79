import { assertRejects } from "@std/assert";

/** How much a sentence of an RFC demands (RFC 2119). */
export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";

/**
 * What a sentence of an RFC demands of an origin server, in our words, and how to see that it holds.
 *
 * With a reason it does not hold, and that is why. A sentence that demands several things has several rows.
 */
export type Requirement = readonly [
  section: string,
  level: Level,
  claim: string,
  check: () => Promise<void>,
  reason?: string,
];

/** Makes a test of each requirement. Of one with a reason it tests that it does not hold: reasons do not grow stale. */
export function testRequirements(rfc: string, requirements: readonly Requirement[]): void {
  for (const [section, level, claim, check, reason] of requirements) {
    const name = `${rfc} §${section} ${level}: ${claim}`;
    if (reason === undefined) Deno.test(name, check);
    else Deno.test(`${name} (does not hold: ${reason})`, async () => void await assertRejects(check));
  }
}
