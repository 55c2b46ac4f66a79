import { socketsLookedAt } from "../../../../base/event_loop.ts";
import type { Evaluation, Value } from "./evaluation.ts";
import { bindArguments } from "../functions/arguments.ts";
import { FUNCTIONS } from "../functions/all_functions.ts";
import type { GraphiteSeries } from "../graphite_series.ts";
import type { TargetNode } from "./target_parser.ts";
import { TargetError } from "./target_error.ts";
import { fillTemplate } from "./template.ts";

/** Evaluates a target to series. @throws {TargetError} when that is impossible */
export async function evaluateTarget(node: TargetNode, evaluation: Evaluation): Promise<GraphiteSeries[]> {
  const value = await evaluateNode(node, evaluation);
  if (!Array.isArray(value)) throw new TargetError("Cannot draw a target: it is no series");
  return value;
}

/** Evaluates a part of a target. @throws {TargetError} when that is impossible */
export async function evaluateNode(node: TargetNode, evaluation: Evaluation): Promise<Value> {
  switch (node.kind) {
    case "path":
      return await evaluation.fetcher.fetch({ ...evaluation, path: node.path });
    case "call":
      if (node.name === "template") {
        return await evaluateNode(fillTemplate(node, evaluation.templateValues), evaluation);
      }
      return await evaluateCall(node, evaluation);
    case "none":
      return null;
    default:
      return node.value;
  }
}

async function evaluateCall(
  node: Extract<TargetNode, { readonly kind: "call" }>,
  evaluation: Evaluation,
): Promise<Value> {
  const found = FUNCTIONS.get(node.name);
  if (found === undefined) {
    throw new TargetError(`Received request for unknown function: ${node.name.slice(0, 100)}`);
  }
  const args: Value[] = [];
  for (const argument of node.args) args.push(await evaluateNode(argument, evaluation));
  const named = new Map<string, Value>();
  for (const [name, argument] of node.named) named.set(name, await evaluateNode(argument, evaluation));
  // A function works on all values at once, so others have their turn before each.
  await socketsLookedAt();
  return await found.call(bindArguments(found, args, named), {
    evaluation,
    nodes: node.args,
    evaluateAgain: async (changes) => {
      const [first] = node.args;
      return first === undefined ? [] : await evaluateTarget(first, { ...evaluation, ...changes });
    },
  });
}
