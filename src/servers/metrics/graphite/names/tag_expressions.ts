// Expressions that choose series by tags: `host=a`, `host!=a`, `host=~web.*`, `host!=~web.*`. A missing tag
// counts as empty.

import { TargetError } from "../targets/target_error.ts";

/** The tags of a series. */
export type Tags = Readonly<Record<string, string>>;

// A client's pattern must not keep the server busy: no groups, and few places where it can try lengths.
const MAX_PATTERN_LENGTH = 200;
const MAX_QUANTIFIERS = 4;

/** The tags of a name such as `disk.used;host=a;rack=b`, which has its first part as the tag `name`. */
export function tagsOf(name: string): Tags {
  const [own = "", ...parts] = name.split(";");
  const tags: Record<string, string> = { name: own };
  for (const part of parts) {
    const equals = part.indexOf("=");
    if (equals > 0) tags[part.slice(0, equals)] = part.slice(equals + 1);
  }
  return tags;
}

/** A choice of series, and the tags that decide it. */
export interface TagChoice {
  /** The tags in the expressions. */
  readonly named: ReadonlySet<string>;
  /** Whether a series is chosen. */
  matches(tags: Tags): boolean;
}

/** Reads expressions, which must all hold. @throws {TargetError} when one is malformed */
export function readTagChoice(expressions: readonly string[]): TagChoice {
  const conditions = expressions.map(readCondition);
  return {
    named: new Set(conditions.map(({ tag }) => tag)),
    matches: (tags) => conditions.every(({ tag, holds }) => holds(tags[tag] ?? "")),
  };
}

interface Condition {
  readonly tag: string;
  readonly holds: (value: string) => boolean;
}

function readCondition(expression: string): Condition {
  const [, tag, operator, text] = /^([^;!=]+)(!?=~?)([^;]*)$/.exec(expression) ?? [];
  if (tag === undefined || text === undefined) {
    throw new TargetError(`Invalid tagspec ${JSON.stringify(expression.slice(0, 100))}`);
  }
  switch (operator) {
    case "=":
      return { tag, holds: (value) => value === text };
    case "!=":
      return { tag, holds: (value) => value !== text };
    case "=~":
      return { tag, holds: matcherOf(text) };
    default: {
      const matches = matcherOf(text);
      return { tag, holds: (value) => !matches(value) };
    }
  }
}

// From the start of a value, like Graphite's patterns.
function matcherOf(pattern: string): (value: string) => boolean {
  const quantifiers = pattern.match(/[*+?{]/g)?.length ?? 0;
  if (pattern.length > MAX_PATTERN_LENGTH || quantifiers > MAX_QUANTIFIERS || /[()]/.test(pattern)) {
    throw new TargetError("Cannot read a pattern: expected no groups, and at most four repetitions");
  }
  try {
    const compiled = new RegExp(`^(?:${pattern})`);
    return (value) => compiled.test(value);
  } catch (cause) {
    throw new TargetError(`Cannot read a pattern: ${JSON.stringify(pattern)} is none`, { cause });
  }
}
