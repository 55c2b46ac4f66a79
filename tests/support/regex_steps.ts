// Counts the cost of regular expressions. The engine does not tell it, so the pattern is matched once more, by the
// plainest backtracking matcher: each look at a character is a step. Its cost grows like that of the engine.

type Accept = (at: number) => boolean;
/** Tries to match from a place on; `accept` is called with each end until it says yes. */
type Matcher = (text: string, at: number, accept: Accept) => boolean;

interface Counter {
  steps: number;
}

/** Counts the steps of all regular expressions that run until {@linkcode RegexMeter.restore}. */
export class RegexMeter {
  readonly #counter: Counter = { steps: 0 };
  readonly #original = RegExp.prototype.exec;

  constructor() {
    const counter = this.#counter;
    const original = this.#original;
    const patterns = new Map<string, Matcher>();
    // If exec is not the built-in one, the language calls it for test, match, replace and split too.
    RegExp.prototype.exec = function (this: RegExp, text: string): RegExpExecArray | null {
      const start = this.lastIndex;
      const isSticky = this.sticky;
      RegExp.prototype.exec = original;
      try {
        const key = `${this.flags}/${this.source}`;
        const matcher = patterns.get(key) ?? new Parser(this.source, this.flags, counter).parse();
        patterns.set(key, matcher);
        for (let at = this.global || isSticky ? start : 0; at <= text.length; at++) {
          if (matcher(text, at, () => true) || isSticky) break;
        }
        return original.call(this, text);
      } finally {
        RegExp.prototype.exec = hook;
      }
    };
    const hook = RegExp.prototype.exec;
  }

  /** Steps so far. */
  get steps(): number {
    return this.#counter.steps;
  }

  /** Puts the engine's own function back. */
  restore(): void {
    RegExp.prototype.exec = this.#original;
  }
}

/** Makes matchers of patterns, with as much of the syntax as the patterns of the source need. */
class Parser {
  readonly #source: string;
  readonly #flags: string;
  readonly #counter: Counter;
  #at = 0;

  constructor(source: string, flags: string, counter: Counter) {
    this.#source = source;
    this.#flags = flags.replaceAll(/[gy]/g, "");
    this.#counter = counter;
  }

  parse(): Matcher {
    const branches = [this.#parseSequence()];
    while (this.#take("|")) branches.push(this.#parseSequence());
    return (text, at, accept) => branches.some((branch) => branch(text, at, accept));
  }

  #parseSequence(): Matcher {
    const parts: Matcher[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at]!)) {
      parts.push(this.#parseTerm());
    }
    return parts.reduceRight<Matcher>(
      (next, part) => (text, at, accept) => part(text, at, (end) => next(text, end, accept)),
      (_text, at, accept) => accept(at),
    );
  }

  #parseTerm(): Matcher {
    if (this.#take("(?=") || this.#take("(?!")) {
      const isNegative = this.#source[this.#at - 1] === "!";
      const inner = this.#parseGroup();
      return (text, at, accept) => inner(text, at, () => true) !== isNegative && accept(at);
    }
    if (this.#take("^")) return (text, at, accept) => this.#isLineStart(text, at) && accept(at);
    if (this.#take("$")) return (text, at, accept) => this.#isLineEnd(text, at) && accept(at);
    if (this.#take("\\b")) return (_text, at, accept) => accept(at);
    if (this.#take("(?:") || this.#take("(")) return this.#parseQuantifier(this.#parseGroup(), undefined);
    const isOne = this.#parseCharacter();
    return this.#parseQuantifier(
      (text, at, accept) => this.#looksLike(text, at, isOne) && accept(at + 1),
      isOne,
    );
  }

  #parseGroup(): Matcher {
    const inner = this.parse();
    if (!this.#take(")")) throw new Error(`Cannot read the pattern ${this.#source}: no end of a group`);
    return inner;
  }

  /** One character of a text: tested by the engine, one at a time. */
  #parseCharacter(): (character: string) => boolean {
    const [source] = /^(?:\\[pP]\{[^}]*\}|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^])/i
      .exec(this.#source.slice(this.#at))!;
    this.#at += source.length;
    const pattern = new RegExp(`^${source}$`, this.#flags);
    const known = new Map<string, boolean>();
    return (character) => {
      const result = known.get(character) ?? pattern.test(character);
      known.set(character, result);
      return result;
    };
  }

  #parseQuantifier(one: Matcher, isOne: ((character: string) => boolean) | undefined): Matcher {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.#source.slice(this.#at));
    if (found === null) return one;
    const [all, least = "", comma = "", most = "", lazy = ""] = found;
    this.#at += all.length;
    const min = all[0] === "{" ? Number(least) : all[0] === "+" ? 1 : 0;
    const max = all[0] === "{"
      ? (most === "" ? (comma === "" ? min : Infinity) : Number(most))
      : all[0] === "?"
      ? 1
      : Infinity;
    if (isOne !== undefined && lazy === "") {
      return (text, at, accept) => this.#repeatOne(isOne, { text, at, min, max }, accept);
    }
    const repeat = (text: string, at: number, count: number, accept: Accept): boolean => {
      const more = (): boolean =>
        count < max &&
        one(text, at, (end) => (end > at || count < min) && repeat(text, end, count + 1, accept));
      const enough = (): boolean => count >= min && accept(at);
      return lazy === "" ? more() || enough() : enough() || more();
    };
    return (text, at, accept) => repeat(text, at, 0, accept);
  }

  /** As many as possible, then one less after the other; not recursive, because long texts would exhaust the stack. */
  #repeatOne(
    isOne: (character: string) => boolean,
    { text, at, min, max }: {
      readonly text: string;
      readonly at: number;
      readonly min: number;
      readonly max: number;
    },
    accept: Accept,
  ): boolean {
    let count = 0;
    while (count < max && this.#looksLike(text, at + count, isOne)) count++;
    for (; count >= min; count--) {
      this.#counter.steps++;
      if (accept(at + count)) return true;
    }
    return false;
  }

  #looksLike(text: string, at: number, isOne: (character: string) => boolean): boolean {
    this.#counter.steps++;
    return at < text.length && isOne(text[at]!);
  }

  #isLineStart(text: string, at: number): boolean {
    this.#counter.steps++;
    return at === 0 || (this.#flags.includes("m") && text[at - 1] === "\n");
  }

  #isLineEnd(text: string, at: number): boolean {
    this.#counter.steps++;
    return at === text.length || (this.#flags.includes("m") && text[at] === "\n");
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}
