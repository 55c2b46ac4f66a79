import type { Explanation } from "./explanation.ts";
import { CONTENT } from "./explanations_content.ts";
import { REQUESTS } from "./explanations_requests.ts";

/** All reasons. A disagreement without a reason is an error, and so is a reason without a disagreement. */
export const EXPLANATIONS: readonly Explanation[] = [...REQUESTS, ...CONTENT];
