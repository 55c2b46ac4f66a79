// The file of --respond, read strictly: whoever made a mistake in it is told where, in one line.

import { isFieldValue, isToken } from "../../../http/grammar.ts";
import type { HeaderField } from "../../../http/headers.ts";
import type { AnswerRule, AnswerStep } from "./scripted_responses.ts";

/** A fault in a script: the message names the place as a JSON path, what was expected, and what was found. */
export class ScriptError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "ScriptError";
}

// The longest delay that JavaScript timers can count.
const MAX_DELAY_MS = 2_147_483_647;
// Framing is the server's own (RFC 9112 §6), and the id is that of the request.
const RESERVED_FIELDS = ["content-length", "transfer-encoding", "x-request-id"];

/**
 * Reads a script.
 *
 * @param text JSON: a list of rules `{ method?, path, sequence: [{ status?, headers?, body?, delay_ms? }, ...] }`;
 *   `headers` is an object whose values are texts or lists of texts
 * @throws {ScriptError} for the first fault
 */
export function parseRespondScript(text: string): readonly AnswerRule[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ScriptError(`$: expected JSON, got ${cause instanceof Error ? cause.message : "another text"}`);
  }
  return readList(value, "$", readRule);
}

function readRule(value: unknown, path: string): AnswerRule {
  const rule = readObject(value, path, ["method", "path", "sequence"]);
  const sequence = readList(rule["sequence"], `${path}.sequence`, readStep);
  if (sequence.length === 0) throw fault(`${path}.sequence`, "at least one step", rule["sequence"]);
  return {
    method: readOptional(rule["method"], `${path}.method`, readMethod),
    path: readPath(rule["path"], `${path}.path`),
    sequence,
  };
}

function readStep(value: unknown, path: string): AnswerStep {
  const step = readObject(value, path, ["status", "headers", "body", "delay_ms"]);
  const readDelay = (delay: unknown, place: string): number =>
    readInteger(delay, place, { min: 0, max: MAX_DELAY_MS });
  return {
    status: readOptional(step["status"], `${path}.status`, readStatus) ?? 200,
    headers: readOptional(step["headers"], `${path}.headers`, readHeaders) ?? [],
    body: readOptional(step["body"], `${path}.body`, readText),
    delayMs: readOptional(step["delay_ms"], `${path}.delay_ms`, readDelay) ?? 0,
  };
}

function readStatus(value: unknown, path: string): number {
  return readInteger(value, path, { min: 200, max: 599 });
}

function readMethod(value: unknown, path: string): string {
  if (typeof value === "string" && isToken(value)) return value;
  throw fault(path, "a method", value);
}

function readPath(value: unknown, path: string): string {
  if (typeof value === "string" && /^\/[^?#\s]*$/.test(value)) return value;
  throw fault(path, 'a path that begins with "/" and has no query', value);
}

function readHeaders(value: unknown, path: string): readonly HeaderField[] {
  if (!isObject(value)) throw fault(path, "an object of names and values", value);
  return Object.entries(value).flatMap(([name, values]) => {
    const place = `${path}[${JSON.stringify(name)}]`;
    if (!isToken(name)) throw fault(place, "the name of a header field", name);
    if (RESERVED_FIELDS.includes(name.toLowerCase())) {
      throw fault(place, "a field that is not the server's", name);
    }
    if (!Array.isArray(values)) return [[name, readFieldValue(values, place)] as const];
    return readList(values, place, readFieldValue).map((text) => [name, text] as const);
  });
}

function readFieldValue(value: unknown, path: string): string {
  if (typeof value === "string" && isFieldValue(value)) return value;
  throw fault(path, "a header value", value);
}

function readText(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw fault(path, "a text", value);
}

function readInteger(value: unknown, path: string, { min, max }: { min: number; max: number }): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw fault(path, `a whole number from ${min} to ${max}`, value);
}

function readList<T>(value: unknown, path: string, read: (item: unknown, path: string) => T): T[] {
  if (!Array.isArray(value)) throw fault(path, "a list", value);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

function readOptional<T>(
  value: unknown,
  path: string,
  read: (value: unknown, path: string) => T,
): T | undefined {
  return value === undefined ? undefined : read(value, path);
}

function readObject(
  value: unknown,
  path: string,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw fault(path, "an object", value);
  const stranger = Object.keys(value).find((name) => !names.includes(name));
  if (stranger !== undefined) throw fault(path, `only ${names.join(", ")}`, stranger);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// What was found may be long, and must stay on its line.
const MAX_SHOWN = 60;

function fault(path: string, expected: string, value: unknown): ScriptError {
  const found = value === undefined ? "nothing" : JSON.stringify(value);
  const shown = found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN)}...` : found;
  return new ScriptError(`${path}: expected ${expected}, got ${shown}`);
}
