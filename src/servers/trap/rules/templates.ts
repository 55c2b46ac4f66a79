// Texts with placeholders for values of the request: `{{request.query.id}}`, `{{now}}`.

import type { RuleRequest } from "./rule_request.ts";

/** Fills a text. @throws {TemplateError} when it becomes too long */
export type Template = (request: RuleRequest, tools: TemplateTools) => string;

/** Values for templates that do not come from the request. */
export interface TemplateTools {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** A random UUID. */
  readonly uuid: () => string;
}

/** A template that cannot be filled. */
export class TemplateError extends Error {
  /** The class name, also when minified. */
  override readonly name: string = "TemplateError";
}

const MAX_FILLED_LENGTH = 16_777_216;
const PLACE = /\{\{\s*([A-Za-z0-9_.$-]+)\s*\}\}/;

/** The expressions, as messages name them. */
export const TEMPLATE_EXPRESSIONS =
  "request.method, request.target, request.path, request.path.NAME, request.query.NAME, " +
  "request.headers.NAME, request.body, request.json, request.json.NAME..., request.id, now or uuid";

/**
 * Reads a template. Text in braces that is not one of our expressions stays as it is.
 *
 * @returns undefined when an unknown expression begins with `request`
 */
export function parseTemplate(text: string): Template | undefined {
  const parts: Template[] = [];
  for (const [index, part] of text.split(PLACE).entries()) {
    const isPlace = index % 2 === 1;
    const template = isPlace ? parseExpression(part) : constant(part);
    if (template !== undefined) parts.push(template);
    else if (/^request(\.|$)/.test(part)) return undefined;
    else parts.push(constant(`{{${part}}}`));
  }
  return parts.length === 1 ? parts[0] : (request, tools) => fill(parts, request, tools);
}

function constant(text: string): Template {
  return () => text;
}

function fill(parts: readonly Template[], request: RuleRequest, tools: TemplateTools): string {
  let filled = "";
  for (const part of parts) {
    filled += part(request, tools);
    if (filled.length > MAX_FILLED_LENGTH) {
      throw new TemplateError(`the filled text is longer than ${MAX_FILLED_LENGTH} characters`);
    }
  }
  return filled;
}

function parseExpression(expression: string): Template | undefined {
  if (expression === "now") return (_, { nowMs }) => new Date(nowMs()).toISOString();
  if (expression === "uuid") return (_, { uuid }) => uuid();
  const [root, part, ...names] = expression.split(".");
  if (root !== "request" || part === undefined || names.includes("")) return undefined;
  const name = names.join(".");
  switch (part) {
    case "id":
    case "method":
    case "target":
      return name === "" ? (request) => request[part] : undefined;
    case "path":
      return name === "" ? (request) => request.path : (request) => request.pathNames.get(name) ?? "";
    case "query":
      return name === "" ? undefined : (request) => request.queryValues(name)[0] ?? "";
    case "headers":
      return name === "" ? undefined : (request) => request.headerValues(name)[0] ?? "";
    case "body":
      return name === "" ? (request) => request.text() : undefined;
    case "json":
      return (request) => textOf(memberOf(request.json(), names));
    default:
      return undefined;
  }
}

function memberOf(value: unknown, names: readonly string[]): unknown {
  let member = value;
  for (const name of names) {
    if (typeof member !== "object" || member === null || !Object.hasOwn(member, name)) return undefined;
    member = (member as Readonly<Record<string, unknown>>)[name];
  }
  return member;
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
