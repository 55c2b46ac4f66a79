// Makes scripts from seeds. Most choices are small and ordinary: faults show where few things come close together.

import { Random } from "../support/random.ts";
import {
  type ConnectionPlan,
  type ContentPlan,
  type HandlerPlan,
  type HandlerResult,
  type HandlerWait,
  type RequestPlan,
  type Script,
  type Step,
  wiresOf,
} from "./script.ts";

const MAX_REQUESTS = 5;
const GATES = 3;

/** Limits that a script can reach. */
const OPTIONS = {
  serverName: "",
  headTimeoutMs: 1_000,
  bodyTimeoutMs: 1_000,
  idleTimeoutMs: 1_500,
  writeTimeoutMs: 1_000,
  lingerTimeoutMs: 200,
  maxLingerMs: 1_000,
  graceMs: 500,
  maxDrainBytes: 100,
  maxBodyBytes: 4_000,
} as const;

/** The script of a seed: always the same. */
export function makeScript(seed: number): Script {
  const random = new Random(seed);
  const count = random.pick([1, 1, 1, 1, 2, 2, 3]);
  const connections = Array.from({ length: count }, () => makeConnection(random));
  const maxRequestsPerConnection = random.happens(12) ? 1 + random.below(3) : Infinity;
  return {
    seed,
    options: { ...OPTIONS, maxRequestsPerConnection, ...makeMemory(random) },
    connections,
    steps: makeSteps(random, connections),
  };
}

/** Some servers have so little memory that clients wait for each other, or are turned away. */
function makeMemory(random: Random): { readonly maxBufferedBytes?: number } {
  return random.happens(8) ? { maxBufferedBytes: 1 + random.below(300) } : {};
}

function makeConnection(random: Random): ConnectionPlan {
  const requests = Array.from({ length: random.below(MAX_REQUESTS + 1) }, () => makeRequest(random));
  const rest = random.happens(10) ? random.pick(["GET /cut", "\x16\x03\x01"] as const) : "";
  return { requests, rest, readHops: random.below(4), writeHops: random.below(4) };
}

function makeRequest(random: Random): RequestPlan {
  const content = random.happens(2) ? { kind: "none" } as const : makeContent(random);
  return {
    method: content.kind === "none" ? random.pick(["GET", "GET", "GET", "HEAD"] as const) : "POST",
    content,
    asksToClose: random.happens(20),
    expectsContinue: content.kind !== "none" && random.happens(6),
    handler: makeHandler(random),
  };
}

function makeContent(random: Random): ContentPlan {
  if (random.happens(2)) return { kind: "length", bytes: makeSize(random) };
  return { kind: "chunked", chunks: Array.from({ length: random.below(4) }, () => 1 + random.below(90)) };
}

function makeSize(random: Random): number {
  if (random.happens(12)) return random.pick([2_100, 5_000, 9_000]);
  return random.below(random.pick([2, 20, 250]));
}

function makeHandler(random: Random): HandlerPlan {
  return {
    asksForSignal: random.happens(2),
    content: random.pick(["none", "none", "all", "all", "piece", "left"] as const),
    wait: makeWait(random),
    result: makeResult(random),
  };
}

function makeWait(random: Random): HandlerWait {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return { kind: "nothing" };
    case 3:
    case 4:
    case 5:
      return { kind: "hops", hops: random.below(8) };
    case 6:
      return { kind: "gate", gate: random.below(GATES) };
    default:
      return random.happens(5) ? { kind: "for-ever" } : { kind: "hops", hops: 1 };
  }
}

function makeResult(random: Random): HandlerResult {
  switch (random.below(10)) {
    case 0:
      return { kind: "throws" };
    case 1:
      return { kind: "refuses" };
    case 2:
    case 3:
    case 4:
      return {
        kind: "stream",
        pieces: Array.from({ length: random.below(4) }, () => random.below(random.pick([3, 300, 3_000]))),
        hops: random.below(4),
        promisesLength: random.happens(2),
        end: random.happens(4) ? random.pick(["throws", "never", "short"] as const) : "good",
      };
    default:
      return {
        kind: "text",
        bytes: random.happens(8) ? random.pick([4_097, 17_000, 70_000]) : random.below(400),
      };
  }
}

/** The steps of all connections, each in its own order, mixed with time, gates and now and then a shutdown. */
function makeSteps(random: Random, connections: readonly ConnectionPlan[]): Step[] {
  const rows = connections.map((plan, connection) => makeClientSteps(random, plan, connection));
  rows.push(makeOtherSteps(random));
  const steps: Step[] = [];
  for (let left = rows.filter((row) => row.length > 0); left.length > 0;) {
    steps.push(random.pick(left).shift()!);
    left = rows.filter((row) => row.length > 0);
  }
  return steps;
}

function makeClientSteps(random: Random, plan: ConnectionPlan, connection: number): Step[] {
  const steps: Step[] = [{ kind: "connect", connection, then: makeThen(random) }];
  const wires = wiresOf(plan, connection);
  // Pipelined requests come in one go, cut anywhere. Otherwise they come one by one, some of them cut.
  const units = random.happens(3) ? [wires.join("")] : wires;
  for (const unit of units) {
    for (let left = unit.length; left > 0;) {
      const bytes = random.happens(3) ? 1 + random.below(left) : left;
      steps.push({ kind: "send", connection, bytes, then: makeThen(random) });
      left -= bytes;
      if (random.happens(8)) addWriteSteps(random, connection, steps);
      // The client leaves before it has sent everything.
      if (random.happens(40)) return [...steps, makeLeave(random, connection)];
    }
  }
  if (random.happens(3)) steps.push(makeLeave(random, connection));
  return steps;
}

function addWriteSteps(random: Random, connection: number, steps: Step[]): void {
  steps.push({ kind: "stall", connection, then: 0 });
  // Some never take anything again.
  if (random.happens(6)) return;
  const at = steps.length;
  steps.push({ kind: "take", connection, bytes: 1 + random.below(300), then: makeThen(random) });
  steps.splice(at + random.below(2), 0, { kind: "flow", connection, then: makeThen(random) });
}

function makeLeave(random: Random, connection: number): Step {
  return { kind: random.happens(3) ? "reset" : "finish", connection, then: makeThen(random) };
}

function makeOtherSteps(random: Random): Step[] {
  const steps: Step[] = [];
  for (let gate = 0; gate < GATES; gate++) {
    if (random.happens(2)) steps.push({ kind: "open-gate", gate, then: makeThen(random) });
  }
  if (random.happens(3)) steps.push({ kind: "pass-time", ms: 1 + random.below(60), then: "all" });
  if (random.happens(8)) steps.push({ kind: "pass-time", ms: 100 + random.below(3_000), then: "all" });
  if (random.happens(12)) steps.push({ kind: "shutdown", then: makeThen(random) });
  return steps;
}

function makeThen(random: Random): number | "all" {
  return random.happens(2) ? "all" : random.below(14);
}
