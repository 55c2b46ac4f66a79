import type { TargetBytes } from "./head.ts";
import type { HttpLimits } from "../limits.ts";

/** Limits and tolerances of a head. */
export interface HeadParserOptions extends HttpLimits {
  /** Which bytes a request target may hold; default `whatwg`, for browsers leave `|` and others unencoded. */
  readonly targetBytes: TargetBytes;
  /** Whether request line and fields are given as tokens; they are in the head-end token as well. */
  readonly lineTokens: boolean;
}
