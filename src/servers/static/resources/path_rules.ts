// Fields by path: the Cache-Control of a file, and the fields of the user.

import type { HeaderField } from "../../../http/headers.ts";
import { overrideFields } from "../../../http/override_fields.ts";
import { createGlob, type Glob } from "./glob.ts";

/** A field for some files. Plain data. */
export interface FieldRule {
  /** The paths below the root that it applies to; undefined: all, and all other responses as well. */
  readonly pattern: string | undefined;
  /** Name and value. */
  readonly field: HeaderField;
}

/** The rules of {@linkcode PathRules}. */
export interface PathRulesOptions {
  /** Values of Cache-Control; the last match counts. */
  readonly cacheControl: readonly FieldRule[];
  /** Fields of the user, which override all others. For each name the last match counts. */
  readonly fields: readonly FieldRule[];
  /** Fields of all responses of the server, which all others override. */
  readonly common: readonly HeaderField[];
  /** Cache-Control without a matching rule; none by default. */
  readonly defaultCacheControl?: string | undefined;
  /** The file that replaces pages that do not exist, as a path below the root. */
  readonly fallback?: string | undefined;
}

interface Rule {
  readonly glob: Glob | undefined;
  readonly field: HeaderField;
}

// A page that stands for many addresses names the assets of its version; if it were kept for long, it would
// name old ones.
const FALLBACK_CACHE_CONTROL = "no-cache";

/** Decides the fields of files. */
export class PathRules {
  readonly #options: PathRulesOptions;
  readonly #cacheControl: readonly Rule[];
  readonly #fields: readonly Rule[];
  // Without patterns all files have the same fields.
  readonly #simple: readonly HeaderField[] | undefined;

  /** Makes the rules. */
  constructor(options: PathRulesOptions) {
    this.#options = options;
    this.#cacheControl = options.cacheControl.map(toRule);
    this.#fields = options.fields.map(toRule);
    const hasPatterns = [...this.#cacheControl, ...this.#fields].some(({ glob }) => glob !== undefined);
    if (!hasPatterns && options.fallback === undefined) this.#simple = this.#decide("", "file");
  }

  /** The fields of responses that are not files: errors, redirects, listings. */
  get common(): readonly HeaderField[] {
    return overrideFields(
      this.#options.common,
      this.#fields.flatMap(({ glob, field }) => glob ? [] : [field]),
    );
  }

  /**
   * The fields of a file.
   *
   * @param segments its names below the root
   * @param use whether it was requested, or replaces another path
   */
  fieldsOf(segments: readonly string[], use: "file" | "fallback"): readonly HeaderField[] {
    return this.#simple ?? this.#decide(segments.join("/"), use);
  }

  #decide(path: string, use: "file" | "fallback"): readonly HeaderField[] {
    const cacheControl = this.#cacheControlOf(path, use);
    const own: readonly HeaderField[] = cacheControl === undefined ? [] : [["Cache-Control", cacheControl]];
    return overrideFields(overrideFields(this.#options.common, own), this.#fieldsFor(path));
  }

  #cacheControlOf(path: string, use: "file" | "fallback"): string | undefined {
    const { fallback, defaultCacheControl } = this.#options;
    const isFallback = use === "fallback" || path === fallback;
    const rule = this.#cacheControl.findLast(({ glob }) =>
      isFallback
        ? glob !== undefined && isAboutPages(glob) && glob.matches(path)
        : glob?.matches(path) ?? true
    );
    return rule?.field[1] ?? (isFallback ? FALLBACK_CACHE_CONTROL : defaultCacheControl);
  }

  #fieldsFor(path: string): readonly HeaderField[] {
    const matching = this.#fields.filter(({ glob }) => glob?.matches(path) ?? true);
    return matching.filter((rule) => {
      const last = matching.findLast(({ field: [name] }) =>
        name.toLowerCase() === rule.field[0].toLowerCase()
      )!;
      // Fields for all paths add up, as lines of one header.
      return rule === last || (last.glob === undefined && rule.glob === undefined);
    }).map(({ field }) => field);
  }
}

function toRule({ pattern, field }: FieldRule): Rule {
  return { glob: pattern === undefined ? undefined : createGlob(pattern), field };
}

/** Whether a pattern names pages, not just everything: `index.html` and `*.html`, not `**`. */
function isAboutPages({ text }: Glob): boolean {
  return !/(^|\/)\*+$/.test(text);
}
