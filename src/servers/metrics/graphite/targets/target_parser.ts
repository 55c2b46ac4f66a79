// The grammar of targets (`grammar_unsafe.py` of graphite-web 1.1): names with wildcards, calls, numbers, texts, and
// calls after a `|`, which take the expression before it as their first argument.

import { TargetError } from "./target_error.ts";

// A deeper target would need a deeper stack; people write four or five levels.
const MAX_DEPTH = 64;

/** A part of a target. */
export type TargetNode =
  | { readonly kind: "path"; readonly path: string }
  | {
    readonly kind: "call";
    readonly name: string;
    readonly args: readonly TargetNode[];
    readonly named: NamedNodes;
  }
  | { readonly kind: "number"; readonly value: number; readonly text: string }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "none" };

type NamedNodes = ReadonlyMap<string, TargetNode>;

const SPACE = /\s*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:e-?\d+)?(?=\s*(?:[,)]|$))/iy;
const WORD = /(true|false|none|inf)(?=\s*(?:[,)]|$))/iy;
const CALL = /([a-z_]\w*)\s*\(/iy;
const NAMED = /([a-z_]\w*)\s*=\s*/iy;
const TEXT = /"([^"\n]*)"|'([^'\n]*)'/y;
// Text outside braces; a backslash makes the next character an ordinary one.
const PLAIN = /(?:\\[(){},.'"\\|=]|[^\s(){},'"\\|])+/y;
const BRACES = /\{(?:\\[(){},.'"\\|=]|[^\s(){}'"\\|])*\}/y;

/** Reads a target. @throws {TargetError} when it is malformed */
export function parseTarget(text: string): TargetNode {
  const parser = new TargetParser(text);
  const node = parser.parseExpression(0);
  parser.expectEnd();
  return node;
}

class TargetParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parseExpression(depth: number): TargetNode {
    if (depth > MAX_DEPTH) throw new TargetError("Cannot read a target: it is nested too deep");
    let node = this.#parseCallOrPath(depth);
    while (this.#take("|")) {
      const call = this.#parseCallOrPath(depth + 1);
      if (call.kind !== "call") throw this.#error("a function");
      node = { ...call, args: [node, ...call.args] };
    }
    return node;
  }

  expectEnd(): void {
    this.#match(SPACE);
    if (this.#position < this.#text.length) throw this.#error("the end");
  }

  #parseCallOrPath(depth: number): TargetNode {
    this.#match(SPACE);
    const name = this.#match(CALL)?.[1];
    return name === undefined ? this.#parsePath() : this.#parseCall(name, depth);
  }

  #parseCall(name: string, depth: number): TargetNode {
    const args: TargetNode[] = [];
    const named = new Map<string, TargetNode>();
    if (this.#take(")")) return { kind: "call", name, args, named };
    do {
      this.#match(SPACE);
      const argumentName = this.#match(NAMED)?.[1];
      if (argumentName !== undefined) named.set(argumentName, this.#parseArgument(depth + 1));
      else if (named.size === 0) args.push(this.#parseArgument(depth + 1));
      else throw this.#error("an argument with a name");
    } while (this.#take(","));
    if (!this.#take(")")) throw this.#error('"," or ")"');
    return { kind: "call", name, args, named };
  }

  #parseArgument(depth: number): TargetNode {
    this.#match(SPACE);
    const word = this.#match(WORD)?.[1]?.toLowerCase();
    if (word === "none") return { kind: "none" };
    if (word === "inf") return { kind: "number", value: Infinity, text: "inf" };
    if (word !== undefined) return { kind: "boolean", value: word === "true" };
    const number = this.#match(NUMBER)?.[0];
    if (number !== undefined) return { kind: "number", value: Number(number), text: number };
    const text = this.#match(TEXT);
    if (text !== null) return { kind: "text", value: text[1] ?? text[2] ?? "" };
    return this.parseExpression(depth);
  }

  #parsePath(): TargetNode {
    let path = "";
    for (;;) {
      const part = this.#match(PLAIN) ?? this.#match(BRACES);
      if (part === null) break;
      path += part[0].replaceAll(/\\([(){},.'"\\|=])/g, "$1");
    }
    if (path === "") throw this.#error("a name or a function");
    return { kind: "path", path };
  }

  #take(sign: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#position] !== sign) return false;
    this.#position++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#position += match[0].length;
    return match;
  }

  #error(expected: string): TargetError {
    const got = this.#text.slice(this.#position, this.#position + 40);
    return new TargetError(
      `Cannot read a target: expected ${expected} at character ${this.#position}, got ${
        got === "" ? "the end" : JSON.stringify(got)
      }`,
    );
  }
}
