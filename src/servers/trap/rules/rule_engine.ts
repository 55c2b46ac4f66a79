import { isFieldValue } from "../../../http/grammar.ts";
import type { HeaderField } from "../../../http/headers.ts";
import {
  type ChosenResponse,
  PLAIN_RESPONSE,
  type ResponseRule,
  type ResponseStep,
} from "./response_rule.ts";
import type { RuleRequest } from "./rule_request.ts";
import { meetsRule } from "./rule_matchers.ts";
import { TemplateError, type TemplateTools } from "./templates.ts";

/** The state before any rule has set one. */
export const FIRST_STATE = "start";

/** Rules as values, and as text. */
export interface RuleScript {
  /** As values. */
  readonly rules: readonly ResponseRule[];
  /** As text: JSON. */
  readonly source: readonly unknown[];
}

const NO_RULES: RuleScript = { rules: [], source: [] };

/** Chooses responses by rules, which may change while it runs. */
export class RuleEngine {
  readonly #tools: TemplateTools;
  #script: RuleScript = NO_RULES;
  // How often each rule has been met.
  #counts: number[] = [];
  // By bin; "" without bins.
  readonly #states = new Map<string, string>();
  readonly #listeners: (() => void)[] = [];

  constructor(tools: TemplateTools, script: RuleScript = NO_RULES) {
    this.#tools = tools;
    this.replace(script);
  }

  /** The text of the rules. */
  get source(): readonly unknown[] {
    return this.#script.source;
  }

  /** Whether there is no rule at all. */
  get isEmpty(): boolean {
    return this.#script.rules.length === 0;
  }

  /** Replaces the rules; sequences and states start again. */
  replace(script: RuleScript): void {
    this.#script = script;
    this.reset();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after the rules have been replaced. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Restarts all sequences and states. */
  reset(): void {
    this.#counts = this.#script.rules.map(() => 0);
    this.#states.clear();
  }

  /**
   * The response to a request: the next step of the first rule that matches, or the response without a rule.
   */
  choose(request: RuleRequest): ChosenResponse {
    const bin = request.bin ?? "";
    const state = this.#states.get(bin) ?? FIRST_STATE;
    const index = this.#script.rules.findIndex((rule) => meetsRule(request, rule, state));
    const rule = this.#script.rules[index];
    if (rule === undefined) return PLAIN_RESPONSE;
    const at = Math.min(this.#counts[index]!++, rule.sequence.length - 1);
    if (rule.setState !== undefined) this.#states.set(bin, rule.setState);
    return this.#fill(rule.sequence[at]!, request, { rule: index + 1, step: at + 1 });
  }

  #fill(step: ResponseStep, request: RuleRequest, source: ChosenResponse["source"]): ChosenResponse {
    const { delayMs, wire, status, isOwnResponse } = step;
    try {
      const headers = step.headers.map(([name, template]): HeaderField => {
        const value = toFieldText(template(request, this.#tools));
        if (!isFieldValue(value)) throw new TemplateError(`the value of ${name} holds a control character`);
        return [name, value];
      });
      const body = step.body?.(request, this.#tools);
      return { status, headers, body, delayMs, wire, source, isOwnResponse };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const body = `Cannot respond by the rule: ${error.message}\n`;
      return { ...PLAIN_RESPONSE, status: 500, body, source, fault: error.message, isOwnResponse: true };
    }
  }
}

/** A text as it is in a field: latin1 if possible; otherwise its UTF-8 bytes seen as latin1. */
function toFieldText(text: string): string {
  if (!/[\u0100-\uffff]/.test(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
