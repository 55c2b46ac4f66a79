import type { MaybePromise } from "../../../../base/maybe_promise.ts";
import type { Evaluation } from "../evaluation.ts";
import type { GraphiteSeries } from "../graphite_series.ts";
import type { TargetNode } from "../target_parser.ts";
import type { BoundArguments } from "./arguments.ts";
import type { Parameter } from "./parameter.ts";

/** What a function sees beside its arguments. */
export interface CallContext {
  /** What it is evaluated for. */
  readonly evaluation: Evaluation;
  /** Its arguments as they were written. */
  readonly nodes: readonly TargetNode[];
  /** Evaluates the first argument for another time. */
  readonly evaluateAgain: (span: Partial<Pick<Evaluation, "from" | "until">>) => Promise<GraphiteSeries[]>;
}

/** A function of targets. */
export interface GraphiteFunction {
  /** Its name. */
  readonly name: string;
  /** Where people look for it. */
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
  /** What it does, one sentence. */
  readonly description: string;
  /** What it takes. */
  readonly parameters: readonly Parameter[];
  /** Does it. @throws {TargetError} when it cannot */
  readonly call: (args: BoundArguments, context: CallContext) => MaybePromise<GraphiteSeries[]>;
}
