import type { ConnectionPlan, RequestPlan, Script, Step } from "./script.ts";

/**
 * Makes a script smaller for as long as it still shows a fault.
 *
 * @param showsFault runs a script
 * @returns the smallest script found
 */
export async function shrink(
  script: Script,
  showsFault: (script: Script) => Promise<boolean>,
): Promise<Script> {
  let smallest = script;
  for (let hasShrunk = true; hasShrunk;) {
    hasShrunk = false;
    for (const candidate of smallerScripts(smallest)) {
      if (!await showsFault(candidate)) continue;
      smallest = candidate;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

/** The script with one thing less, the largest things first. */
function* smallerScripts(script: Script): Generator<Script> {
  const { connections, steps } = script;
  for (let at = steps.length - 1; at >= 0; at--) yield { ...script, steps: without(steps, at) };
  for (let at = connections.length - 1; at >= 0; at--) {
    for (const smaller of smallerConnections(connections[at]!)) {
      yield { ...script, connections: connections.with(at, smaller) };
    }
  }
  for (let at = 0; at < steps.length; at++) {
    for (const step of simplerSteps(steps[at]!)) yield { ...script, steps: steps.with(at, step) };
  }
}

function* smallerConnections(plan: ConnectionPlan): Generator<ConnectionPlan> {
  if (plan.requests.length > 0) yield { ...plan, requests: plan.requests.slice(0, -1) };
  if (plan.rest !== "") yield { ...plan, rest: "" };
  if (plan.readHops > 0) yield { ...plan, readHops: plan.readHops - 1 };
  if (plan.writeHops > 1) yield { ...plan, writeHops: 1 };
  for (let at = 0; at < plan.requests.length; at++) {
    for (const request of simplerRequests(plan.requests[at]!)) {
      yield { ...plan, requests: plan.requests.with(at, request) };
    }
  }
}

function* simplerRequests(plan: RequestPlan): Generator<RequestPlan> {
  const { handler, content } = plan;
  if (content.kind !== "none") yield { ...plan, method: "GET", content: { kind: "none" } };
  if (content.kind === "length" && content.bytes > 1) {
    yield { ...plan, content: { kind: "length", bytes: 1 } };
  }
  if (plan.method === "HEAD") yield { ...plan, method: "GET" };
  if (plan.asksToClose) yield { ...plan, asksToClose: false };
  if (plan.expectsContinue) yield { ...plan, expectsContinue: false };
  if (handler.asksForSignal) yield { ...plan, handler: { ...handler, asksForSignal: false } };
  if (handler.content !== "none") yield { ...plan, handler: { ...handler, content: "none" } };
  const { wait, result } = handler;
  if (wait.kind !== "nothing") yield { ...plan, handler: { ...handler, wait: { kind: "nothing" } } };
  if (wait.kind === "hops" && wait.hops > 1) {
    yield { ...plan, handler: { ...handler, wait: { kind: "hops", hops: wait.hops - 1 } } };
  }
  if (result.kind !== "text") yield { ...plan, handler: { ...handler, result: { kind: "text", bytes: 1 } } };
  if (result.kind === "text" && result.bytes > 1) {
    yield { ...plan, handler: { ...handler, result: { kind: "text", bytes: Math.min(1, result.bytes) } } };
  }
}

function* simplerSteps(step: Step): Generator<Step> {
  if (step.then === "all") yield { ...step, then: 0 };
  else if (step.then > 0) yield { ...step, then: step.then - 1 };
}

function without<T>(items: readonly T[], at: number): T[] {
  return items.filter((_, index) => index !== at);
}
