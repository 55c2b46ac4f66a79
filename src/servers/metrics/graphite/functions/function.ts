import type { MaybePromise } from "../../../../base/maybe_promise.ts";
import type { Evaluation } from "../targets/evaluation.ts";
import type { GraphiteSeries } from "../graphite_series.ts";
import type { TargetNode } from "../targets/target_parser.ts";
import type { BoundArguments } from "./arguments.ts";
import type { Parameter } from "./parameter.ts";

/** The context of a call, apart from its arguments. */
export interface CallContext {
  /** The request of the call. */
  readonly evaluation: Evaluation;
  /** Its arguments as written. */
  readonly nodes: readonly TargetNode[];
  /** Evaluates the first argument for another time. */
  readonly evaluateAgain: (span: Partial<Pick<Evaluation, "from" | "until">>) => Promise<GraphiteSeries[]>;
}

/** A function of targets. */
export interface GraphiteFunction {
  /** Its name. */
  readonly name: string;
  /** Its group in the lists of editors. */
  readonly group:
    | "Alias"
    | "Calculate"
    | "Combine"
    | "Filter Data"
    | "Filter Series"
    | "Graph"
    | "Special"
    | "Transform"
    | "Sorting";
  /** Its effect, in one sentence. */
  readonly description: string;
  /** Its parameters, in order. */
  readonly parameters: readonly Parameter[];
  /** Does it. @throws {TargetError} when that is impossible */
  readonly call: (args: BoundArguments, context: CallContext) => MaybePromise<GraphiteSeries[]>;
}
