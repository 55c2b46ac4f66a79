import { readRespondScript } from "../rules/respond_script.ts";
import type { RuleEngine } from "../rules/rule_engine.ts";

/** Settings of shared rules. */
export interface SharingOptions {
  /** Whether this node got rules at its start: then they are for all nodes. */
  readonly hasOwn: boolean;
  /** Reports rules to the other nodes. @param source JSON */
  readonly tell: (source: string) => void;
}

/** Keeps the rules of this node and of the others the same: the latest rules count. */
export class SharedRules {
  #engine: RuleEngine | undefined;
  #taken: string | undefined;
  #isTaking = false;

  /** Takes rules of another node, or rules that were in the store before. @param source JSON */
  take(source: string): void {
    this.#taken = source;
    const engine = this.#engine;
    if (engine === undefined || source === JSON.stringify(engine.source)) return;
    this.#isTaking = true;
    try {
      engine.replace(readRespondScript(JSON.parse(source)));
    } catch {
      // Rules of a later version of this program: this node keeps its own.
    } finally {
      this.#isTaking = false;
    }
  }

  /** Begins to share the rules of an engine. */
  share(engine: RuleEngine, { hasOwn, tell }: SharingOptions): void {
    this.#engine = engine;
    if (hasOwn) tell(JSON.stringify(engine.source));
    else if (this.#taken !== undefined) this.take(this.#taken);
    engine.listen(() => {
      if (!this.#isTaking) tell(JSON.stringify(engine.source));
    });
  }
}
