// `template(target, name=value)`: `$name` in the target stands for the value. Values without a name are `$1`,
// `$2` ...; a request may have others, as `template[name]=value`.

import { TargetError } from "./target_error.ts";
import type { TargetNode } from "./target_parser.ts";

type CallNode = Extract<TargetNode, { readonly kind: "call" }>;

/** Values by the names that stand for them. */
export type TemplateValues = ReadonlyMap<string, string>;

/** The values that a request has for templates: `template[name]=value`. */
export function readTemplateValues(values: URLSearchParams): TemplateValues {
  const found = new Map<string, string>();
  for (const [key, value] of values) {
    const name = /^template\[(.+)\]$/.exec(key)?.[1];
    if (name !== undefined) found.set(name, value);
  }
  return found;
}

/**
 * The target of a template with its values in their places.
 *
 * @param requested values that override those of the template
 * @throws {TargetError} when it has no target, or a value is neither a text nor a number
 */
export function fillTemplate({ args, named }: CallNode, requested: TemplateValues): TargetNode {
  const [target, ...others] = args;
  if (target === undefined) throw new TargetError("Cannot fill a template: it has no target");
  const values = new Map<string, string>();
  for (const [index, value] of others.entries()) values.set(String(index + 1), textOf(value));
  for (const [name, value] of named) values.set(name, textOf(value));
  for (const [name, value] of requested) values.set(name, value);
  return fill(target, values);
}

function textOf(node: TargetNode): string {
  if (node.kind === "text") return node.value;
  if (node.kind === "number") return node.text;
  throw new TargetError("Cannot fill a template: expected texts and numbers");
}

function fill(node: TargetNode, values: TemplateValues): TargetNode {
  if (node.kind === "path") return fillPath(node.path, values);
  if (node.kind !== "call") return node;
  const named = new Map([...node.named].map(([name, argument]) => [name, fill(argument, values)]));
  return { ...node, args: node.args.map((argument) => fill(argument, values)), named };
}

// A path that is a single name becomes a number or a text, for the arguments of functions.
function fillPath(path: string, values: TemplateValues): TargetNode {
  const whole = path.startsWith("$") ? values.get(path.slice(1)) : undefined;
  if (whole !== undefined) {
    return /^-?\d+(?:\.\d+)?$/.test(whole)
      ? { kind: "number", value: Number(whole), text: whole }
      : { kind: "text", value: whole };
  }
  let filled = path;
  for (const [name, value] of values) filled = filled.replaceAll(`$${name}`, () => value);
  return { kind: "path", path: filled };
}
