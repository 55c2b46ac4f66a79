// The attacks in a size for every day; `deno task bench attack` has 5,000 attackers, and measures.

import { assert, assertEquals } from "@std/assert";
import type { ServeOptions } from "../../src/serving/serve_options.ts";
import { within } from "../support/deadline.ts";
import { WatchedServer } from "../support/watched_server.ts";
import { ATTACKS } from "./attacks.ts";
import { type Attacker, Siege } from "./siege.ts";

const ATTACKERS = 400;
// Attacks that keep a processor busy come with fewer attackers.
const BUSY_ATTACKERS: Readonly<Record<string, number>> = { pipelines: 20 };
const MAX_BYTES = 256 * 2 ** 20;

const TIME_OUTS = {
  headTimeoutMs: 500,
  bodyTimeoutMs: 500,
  // The one harmless client needs this time as well, on a machine that is busy with the attackers.
  idleTimeoutMs: 6_000,
  writeTimeoutMs: 500,
  lingerTimeoutMs: 500,
};

function start(options: ServeOptions, maxDescriptors?: number): Promise<WatchedServer> {
  const target = { file: "tests/attack/target.ts", args: [JSON.stringify(options)] };
  return WatchedServer.start(maxDescriptors === undefined ? target : { ...target, maxDescriptors });
}

/** Lets the attackers come and waits until they are gone. @returns the number of reported failures */
async function stand(
  besieged: WatchedServer,
  attacker: Attacker,
  count: number = ATTACKERS,
): Promise<number> {
  const { descriptors } = besieged;
  const laying = Siege.lay(attacker, { port: besieged.port, count });
  const siege = await besieged.askUntil(within(laying, "the attackers"));
  try {
    // The attackers do not end the connections: only a time-out ends them.
    await besieged.untilAlone(descriptors);
    return (await besieged.ask()).failures;
  } finally {
    await siege.lift();
  }
}

for (const { name, title, attacker } of ATTACKS) {
  Deno.test(`serve() responds to others, keeps its memory and lets go of everything under attack: ${title}`, async () => {
    const besieged = await start(TIME_OUTS);
    await besieged.ask();
    assertEquals(await stand(besieged, attacker, BUSY_ATTACKERS[name]), 0);
    assert((besieged.peakBytes ?? 0) < MAX_BYTES, `${name}: ${besieged.peakBytes} bytes`);
    assertEquals(await besieged.stop(), 0);
  });
}

/** A trouble that lasts is reported at once, and then once a minute; a slow machine needs more than one for a siege. */
function assertSaidOnceAMinute(failures: number, sinceMs: number): void {
  const minutes = Math.ceil((performance.now() - sinceMs) / 60_000);
  assert(failures >= 1 && failures <= minutes, `${failures} reports in less than ${minutes} minutes`);
}

const beSilent = ATTACKS.find(({ name }) => name === "silence")!.attacker;

Deno.test("serve() responds to those that it has taken while a flood of connections is beyond its limit, and says so once", async () => {
  // Those that it has taken stay until the siege is lifted, however long a busy machine needs to lay it.
  const besieged = await start({ ...TIME_OUTS, idleTimeoutMs: 60_000, maxConnections: 100 });
  await besieged.ask();
  const descriptors = besieged.descriptors;
  const startedMs = performance.now();
  const siege = await Siege.lay(beSilent, { port: besieged.port, count: ATTACKERS });
  try {
    // The system connects them before the server accepts them; the one more is the harmless client.
    const { connections } = await besieged.askFor(
      "the last of the attackers",
      ({ accepted }) => accepted === ATTACKERS + 1,
    );
    assertEquals(connections, 100);
  } finally {
    await siege.lift();
  }
  await besieged.untilAlone(descriptors);
  assertSaidOnceAMinute((await besieged.ask()).failures, startedMs);
  assertEquals(await besieged.stop(), 0);
});

Deno.test({
  name: "serve() goes on when it is out of descriptors, and says so once",
  ignore: Deno.build.os === "windows",
  async fn() {
    // Clients that wait to be accepted get their turn when those before them have been silent this long.
    const besieged = await start({ ...TIME_OUTS, idleTimeoutMs: 3_000 }, 150);
    await besieged.ask();
    const descriptors = besieged.descriptors;
    const startedMs = performance.now();
    const laying = Siege.lay(beSilent, { port: besieged.port, count: 250 });
    const siege = await besieged.askUntil(within(laying, "the attackers"));
    try {
      const { connections } = await besieged.askFor("the first failure", ({ failures }) => failures > 0);
      assert(connections > 50 && connections < 150, `${connections} connections`);
      await besieged.askUntil(within(siege.overByItself(), "the end of all attackers"));
      await besieged.untilAlone(descriptors);
      assertSaidOnceAMinute((await besieged.ask()).failures, startedMs);
    } finally {
      await siege.lift();
    }
    assertEquals(await besieged.stop(), 0);
  },
});
