import { assertRejects } from "@std/assert";
import { type EchoServer, LOCAL_ECHO } from "./echo_server.ts";

/** How much a sentence of an RFC demands (RFC 2119). */
export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";

/**
 * A check of a requirement; rejects where it does not hold.
 *
 * One that `runsAnywhere` needs nothing but the echo server, which may run in another runtime.
 */
export type Check = ((server: EchoServer) => Promise<void>) & { readonly runsAnywhere?: true };

/**
 * What a sentence of an RFC demands of an origin server, in our words, and how to see that it holds.
 *
 * With a reason it does not hold, and that is why. A sentence that demands several things has several rows.
 */
export type Requirement = readonly [
  section: string,
  level: Level,
  claim: string,
  check: Check,
  reason?: string,
];

/** Makes a test of each requirement. Of one with a reason it tests that it does not hold: reasons do not grow stale. */
export function testRequirements(rfc: string, requirements: readonly Requirement[]): void {
  for (const [section, level, claim, check, reason] of requirements) {
    const name = `${rfc} §${section} ${level}: ${claim}`;
    if (reason === undefined) Deno.test(name, () => check(LOCAL_ECHO));
    else {Deno.test(`${name} (does not hold: ${reason})`, async () =>
        void await assertRejects(() => check(LOCAL_ECHO)));}
  }
}
