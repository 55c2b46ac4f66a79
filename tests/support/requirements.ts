import { assertRejects } from "@std/assert";
import { type EchoServer, LOCAL_ECHO } from "./echo_server.ts";

/** How much a sentence of an RFC demands (RFC 2119). */
export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";

/**
 * A check of a requirement; rejects when the requirement does not hold.
 *
 * A check that `runsAnywhere` needs only the echo server, which may run in another runtime.
 */
export type Check = ((server: EchoServer) => Promise<void>) & { readonly runsAnywhere?: true };

/**
 * A demand of an RFC on an origin server, in our words, and a check that it holds.
 *
 * With a reason it does not hold, and the reason says why. A sentence with several demands has several rows.
 */
export type Requirement = readonly [
  section: string,
  level: Level,
  claim: string,
  check: Check,
  reason?: string,
];

/** Makes a test of each requirement. One with a reason must fail its check, so that no reason outlives its cause. */
export function testRequirements(rfc: string, requirements: readonly Requirement[]): void {
  for (const [section, level, claim, check, reason] of requirements) {
    const name = `${rfc} §${section} ${level}: ${claim}`;
    if (reason === undefined) Deno.test(name, () => check(LOCAL_ECHO));
    else {Deno.test(`${name} (does not hold: ${reason})`, async () =>
        void await assertRejects(() => check(LOCAL_ECHO)));}
  }
}
