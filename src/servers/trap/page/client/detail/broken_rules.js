// @ts-check
// The broken rules of a request, apart from the faults of its message.

/** @import { TrapRecord } from "../page_types.ts" */

/**
 * The errors that are no fault of the message, each once. The trap notes a fault of the message before it checks the
 * rules, and a rule that cannot respond after that.
 *
 * @param {TrapRecord} record
 * @returns {string[]}
 */
export function brokenRules({ errors, malformed, end, fault }) {
  if (malformed !== undefined) return unique(errors.filter((error) => !malformed.rule.includes(error)));
  if (end !== "complete") return unique(errors.slice(1));
  return unique(fault === "script" ? errors.slice(0, -1) : errors);
}

/**
 * @param {readonly string[]} texts
 * @returns {string[]}
 */
function unique(texts) {
  return [...new Set(texts)];
}
