import type { TargetBytes } from "./head.ts";
import type { HttpLimits } from "../../limits.ts";

/** Limits and tolerances of a head. */
export interface HeadParserOptions extends HttpLimits {
  /**
   * Which bytes a request target may hold; default `whatwg`, because browsers do not encode `|` and others.
   */
  readonly targetBytes: TargetBytes;
  /** Whether request line and fields become tokens; the head-end token has them as well. */
  readonly lineTokens: boolean;
}
