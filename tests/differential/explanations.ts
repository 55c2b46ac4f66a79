import type { Explanation } from "./explanation.ts";
import { CONTENT } from "./explanations_content.ts";
import { REQUESTS } from "./explanations_requests.ts";

/** All reasons. A disagreement that none of them explains is an error, and so is a reason that explains none. */
export const EXPLANATIONS: readonly Explanation[] = [...REQUESTS, ...CONTENT];
