// Whether a request meets a rule.

import type { ResponseRule, RuleMatcher, TextMatcher } from "./response_rule.ts";
import type { RuleRequest } from "./rule_request.ts";

/**
 * Whether a request meets a rule in a state; if so, its path names are those of the rule.
 *
 * A preflight meets only rules whose method is OPTIONS: a browser sends it on its own, and it must not use up
 * a step.
 */
export function meetsRule(request: RuleRequest, rule: ResponseRule, state: string): boolean {
  if (rule.method === undefined ? request.isPreflight : rule.method !== request.method) return false;
  if (rule.bin !== undefined && rule.bin !== request.bin) return false;
  if (rule.whenState !== undefined && rule.whenState !== state) return false;
  return meetsPath(request, rule) &&
    rule.headers.every(([name, matcher]) => meetsOne(request.headerValues(name), matcher)) &&
    rule.query.every(([name, matcher]) => meetsOne(request.queryValues(name), matcher)) &&
    meetsContent(request, rule);
}

/** The path of a rule for a bin may be the whole path, or the part after the bin. */
function meetsPath(request: RuleRequest, { path, bin }: RuleMatcher): boolean {
  const names = path(request.path) ??
    (bin === undefined ? undefined : path(request.path.slice(bin.length + 1) || "/"));
  if (names === undefined) return false;
  request.pathNames = names;
  return true;
}

function meetsOne(values: readonly string[], { kind, text }: TextMatcher): boolean {
  return values.some((value) => kind === "exact" ? value === text : value.includes(text));
}

function meetsContent(request: RuleRequest, { content }: RuleMatcher): boolean {
  if (content === undefined) return true;
  if (content.kind === "contains") return request.text().includes(content.text);
  return holds(request.json(), content.value);
}

/** Whether a JSON value has the members of another, and perhaps more; lists must have the same length. */
function holds(value: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return Array.isArray(value) && value.length === expected.length &&
      expected.every((item, index) => holds(value[index], item));
  }
  if (typeof expected !== "object" || expected === null) return value === expected;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(expected).every(([name, member]) =>
    Object.hasOwn(value, name) && holds((value as Readonly<Record<string, unknown>>)[name], member)
  );
}
