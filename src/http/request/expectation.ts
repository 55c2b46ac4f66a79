import { equalsIgnoringCase } from "../grammar.ts";
import type { RequestHead } from "../tokens/head/request_head.ts";

/** The expectation of a client before it sends content: nothing, `100 Continue`, or an unknown one. */
export type Expectation = "none" | "continue" | "unknown";

/**
 * Reads the Expect lines of a head, all of them (RFC 9110 §10.1.1).
 *
 * @returns `none` for HTTP/1.0, whose expectations are ignored; `unknown` if any member is not `100-continue`
 */
export function readExpectation({ version, headers }: RequestHead): Expectation {
  if (version === "1.0" || !headers.has("expect")) return "none";
  const members = headers.getList("expect");
  if (members.length === 0) return "none";
  return members.every((member) => equalsIgnoringCase(member, "100-continue")) ? "continue" : "unknown";
}
