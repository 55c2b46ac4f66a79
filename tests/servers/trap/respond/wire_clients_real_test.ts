// curl, and fetch of Node, Deno and Bun, against every wire fault.

import { assert, assertEquals } from "@std/assert";
import { startTrap } from "../../../../src/servers/trap/start_trap.ts";
import { askClients, scriptOfCases, WIRE_CASES } from "./wire_clients.ts";

// The observations that all clients share.
const WHOLE = /^200 "abcdef"$/;

Deno.test("clients notice every fault that breaks a response, and accept those that do not", async () => {
  const trap = await startTrap({ rules: scriptOfCases().source });
  try {
    const results = await askClients(Number(new URL(trap.url).port));
    assert(results.length >= 2, "curl and Deno are always there");
    for (const { client, outcomes } of results) {
      assertEquals(outcomes.length, WIRE_CASES.length, client);
      for (const [index, { name, wire }] of WIRE_CASES.entries()) {
        const outcome = outcomes[index]!;
        const isWhole = ["drip", "slow_head", "http10"].includes(String(wire["kind"]));
        const mustFail = ["raw", "reset", "silence", "close_without_answer"].includes(String(wire["kind"]));
        if (isWhole) assert(WHOLE.test(outcome), `${client}, ${name}: ${outcome}`);
        if (mustFail) assert(!WHOLE.test(outcome), `${client}, ${name}: ${outcome}`);
      }
    }
    // Every client has sent a request for every fault.
    assert(trap.requests().length >= results.length * WIRE_CASES.length);
  } finally {
    await trap.close();
  }
});
