// The rules of --respond and of PUT /api/rules, read strictly.

import { isFieldValue, isToken } from "../../../http/grammar.ts";
import { parsePathPattern } from "./path_pattern.ts";
import type { ContentMatcher, ResponseRule, ResponseStep, TextMatcher } from "./response_rule.ts";
import type { RuleScript } from "./rule_engine.ts";
import {
  fault,
  integerReader,
  isObject,
  readEntries,
  readList,
  readObject,
  readOptional,
  readText,
  ScriptError,
} from "./script_values.ts";
import { parseTemplate, type Template, TEMPLATE_EXPRESSIONS } from "./templates.ts";
import { readWireFault } from "./wire_fault_script.ts";

// The longest delay that JavaScript timers can count.
const MAX_DELAY_MS = 2_147_483_647;
const MAX_RULES = 1_000;
const MAX_STEPS = 10_000;
const MAX_PATTERN_LENGTH = 8_192;
// The server sets the framing (RFC 9112 §6), and the id belongs to the request.
const RESERVED_FIELDS = ["content-length", "transfer-encoding", "x-request-id"];
const RULE_MEMBERS = [
  "method",
  "path",
  "headers",
  "query",
  "content",
  "whenState",
  "setState",
  "bin",
  "sequence",
];
const STEP_MEMBERS = ["status", "headers", "body", "delay_ms", "wire"];

/** Reads a script. @param text JSON, see {@linkcode readRespondScript} @throws {ScriptError} for the first fault */
export function parseRespondScript(text: string): RuleScript {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ScriptError(`$: expected JSON, got ${cause instanceof Error ? cause.message : "another text"}`);
  }
  return readRespondScript(value);
}

/**
 * Reads a script: a list of rules `{ method?, path, headers?, query?, content?, whenState?, setState?, bin?, sequence }`,
 * whose steps are `{ status?, headers?, body?, delay_ms?, wire? }`.
 *
 * @throws {ScriptError} for the first fault
 */
export function readRespondScript(value: unknown): RuleScript {
  const rules = readList(value, "$", readRule);
  if (rules.length > MAX_RULES) throw fault("$", `at most ${MAX_RULES} rules`, rules.length);
  return { rules, source: value as readonly unknown[] };
}

function readRule(value: unknown, path: string): ResponseRule {
  const rule = readObject(value, path, RULE_MEMBERS);
  const sequence = readList(rule["sequence"], `${path}.sequence`, readStep);
  if (sequence.length === 0 || sequence.length > MAX_STEPS) {
    throw fault(`${path}.sequence`, `at least one step, and at most ${MAX_STEPS}`, rule["sequence"]);
  }
  return {
    method: readOptional(rule, "method", { path, read: readMethod }),
    path: parsePathPattern(readPath(rule["path"], `${path}.path`)),
    headers: readOptional(rule, "headers", { path, read: readFieldMatchers }) ?? [],
    query: readOptional(rule, "query", { path, read: readTextMatchers }) ?? [],
    content: readOptional(rule, "content", { path, read: readContentMatcher }),
    whenState: readOptional(rule, "whenState", { path, read: readText }),
    setState: readOptional(rule, "setState", { path, read: readText }),
    bin: readOptional(rule, "bin", { path, read: readText }),
    sequence,
  };
}

function readStep(value: unknown, path: string): ResponseStep {
  const step = readObject(value, path, STEP_MEMBERS);
  return {
    status: readOptional(step, "status", { path, read: integerReader(200, 599) }) ?? 200,
    headers: readOptional(step, "headers", { path, read: readHeaders }) ?? [],
    body: readOptional(step, "body", { path, read: readTemplate }),
    delayMs: readOptional(step, "delay_ms", { path, read: integerReader(0, MAX_DELAY_MS) }) ?? 0,
    wire: readOptional(step, "wire", { path, read: readWireFault }),
    isOwnResponse: ["status", "body", "wire"].some((name) => step[name] !== undefined),
  };
}

function readMethod(value: unknown, path: string): string {
  if (typeof value === "string" && isToken(value)) return value;
  throw fault(path, "a method", value);
}

function readPath(value: unknown, path: string): string {
  if (typeof value === "string" && /^[/*][^?#\s]*$/.test(value) && value.length <= MAX_PATTERN_LENGTH) {
    return value;
  }
  throw fault(path, 'a path that begins with "/" and has no query', value);
}

function readFieldMatchers(value: unknown, path: string): ResponseRule["headers"] {
  for (const [name, , place] of readEntries(value, path)) {
    if (!isToken(name)) throw fault(place, "the name of a header field", name);
  }
  return readTextMatchers(value, path);
}

function readTextMatchers(value: unknown, path: string): ResponseRule["query"] {
  return readEntries(value, path).map(([name, matcher, place]) => [name, readTextMatcher(matcher, place)]);
}

function readTextMatcher(value: unknown, path: string): TextMatcher {
  if (typeof value === "string") return { kind: "exact", text: value };
  if (!isObject(value)) throw fault(path, "a text, or { contains }", value);
  const { contains } = readObject(value, path, ["contains"]);
  return { kind: "contains", text: readText(contains, `${path}.contains`) };
}

function readContentMatcher(value: unknown, path: string): ContentMatcher {
  const matcher = readObject(value, path, ["contains", "json"]);
  const [name, ...others] = Object.keys(matcher);
  if (name === undefined || others.length > 0) throw fault(path, "either contains or json", value);
  if (name === "json") return { kind: "json", value: matcher["json"] };
  return { kind: "contains", text: readText(matcher["contains"], `${path}.contains`) };
}

function readHeaders(value: unknown, path: string): ResponseStep["headers"] {
  return readEntries(value, path).flatMap(([name, values, place]) => {
    if (!isToken(name)) throw fault(place, "the name of a header field", name);
    if (RESERVED_FIELDS.includes(name.toLowerCase())) {
      throw fault(place, "a field that is not the server's", name);
    }
    if (!Array.isArray(values)) return [[name, readFieldTemplate(values, place)] as const];
    return readList(values, place, readFieldTemplate).map((text) => [name, text] as const);
  });
}

function readFieldTemplate(value: unknown, path: string): Template {
  // Characters beyond latin1 are sent as UTF-8.
  if (typeof value === "string" && isFieldValue(value.replaceAll(/[\u0100-\uffff]/g, ""))) {
    return readTemplate(value, path);
  }
  throw fault(path, "a header value", value);
}

function readTemplate(value: unknown, path: string): Template {
  const template = parseTemplate(readText(value, path));
  if (template === undefined) throw fault(path, `in braces only ${TEMPLATE_EXPRESSIONS}`, value);
  return template;
}
