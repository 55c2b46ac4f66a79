import type { HeaderField } from "../../../http/headers.ts";
import type { GivenAnswer } from "./request_record.ts";

/** The type of all content that the trap makes itself. */
export const TEXT_TYPE: HeaderField = ["Content-Type", "text/plain; charset=utf-8"];

/** The response to a request without a rule. @param id of the request */
export function plainAnswer(id: string): GivenAnswer {
  return { status: 200, headers: [["X-Request-Id", id], TEXT_TYPE], body: `${id}\n` };
}
