import type { HeaderField } from "../../../http/headers.ts";
import type { HttpRequest } from "../../../http/request/request.ts";

/** One step of a rule: an answer. */
export interface AnswerStep {
  /** Status code, 200 to 599. */
  readonly status: number;
  /** Fields beside those that every answer has. */
  readonly headers: readonly HeaderField[];
  /** The content, sent as UTF-8; undefined for the content that answers have without a script. */
  readonly body: string | undefined;
  /** How long the answer waits, in milliseconds. */
  readonly delayMs: number;
}

/** What is answered to some requests. */
export interface AnswerRule {
  /** The method as sent; undefined for every one. */
  readonly method: string | undefined;
  /** The path as sent. */
  readonly path: string;
  /** One step a request, the last one again and again; at least one. */
  readonly sequence: readonly AnswerStep[];
}

/** What is answered without a script. */
export const PLAIN_ANSWER: AnswerStep = { status: 200, headers: [], body: undefined, delayMs: 0 };

/** Gives the answers of a script, one after the other. */
export class ScriptedResponses {
  readonly #rules: readonly AnswerRule[];
  readonly #steps: number[];

  constructor(rules: readonly AnswerRule[]) {
    this.#rules = rules;
    this.#steps = rules.map(() => 0);
  }

  /** The answer to a request: the next step of the first rule that it meets, or the answer without a script. */
  next({ method, path }: Pick<HttpRequest, "method" | "path">): AnswerStep {
    const index = this.#rules.findIndex((rule) =>
      rule.path === path && (rule.method === undefined || rule.method === method)
    );
    const rule = this.#rules[index];
    if (rule === undefined) return PLAIN_ANSWER;
    const step = Math.min(this.#steps[index]!++, rule.sequence.length - 1);
    return rule.sequence[step]!;
  }
}
