import { typeByExtension } from "@std/media-types";

const DEFAULT_TYPE = "application/octet-stream";
const PLAIN = "text/plain";

// Types that the library does not know, and types that browsers would download although people want to read
// them.
const MORE_TYPES: ReadonlyMap<string, string> = new Map([
  ["zst", "application/zstd"],
  ["br", "application/x-brotli"],
  ["cjs", "text/javascript"],
  ["srt", PLAIN],
  ["vtt", "text/vtt"],
  ...("adoc asciidoc bash bat bib c cc cfg cmake conf cpp cs csv cts cxx dart diff env erl ex exs fish fs go gradle graphql " +
    "groovy h hpp hs ini ipynb java jl jsonl jsx kt kts less lock log lua ml mts ndjson nim nix patch php pl pm " +
    "properties proto ps1 py pyi r rb rs rst sass scala scss sh sql svelte swift tcl tex tf toml ts tsv tsx vue " +
    "zig zsh").split(" ").map((ending): [string, string] => [ending, PLAIN]),
]);

// Names without an ending that stand for texts, with and without those of the next row.
const TEXT_NAMES = new Set([
  "authors",
  "changelog",
  "changes",
  "containerfile",
  "contributing",
  "copying",
  "dockerfile",
  "install",
  "licence",
  "license",
  "makefile",
  "news",
  "notice",
  "readme",
  "todo",
  "version",
]);

// They declare their encoding themselves, or pages declare it for them. text/xml has its declaration.
const SELF_DESCRIBING = new Set(["text/html", "text/css", "text/javascript", "text/xml"]);

/** The choice of types for files. */
export interface MediaTypeOptions {
  /** `charset` of all types of text, or `off`; undefined: UTF-8 if a text cannot declare it itself. */
  readonly charset: string | undefined;
  /** Types by ending, without the dot and in lower case; they override all others. */
  readonly types: readonly (readonly [ending: string, type: string])[];
}

/** The types of files by their names. */
export class MediaTypes {
  readonly #charset: string | undefined;
  readonly #chosen: ReadonlyMap<string, string>;
  // With their parameters, by ending. Endings are few, names many.
  readonly #known = new Map<string, string>();

  /** Makes the rules. */
  constructor({ charset, types }: MediaTypeOptions) {
    this.#charset = charset;
    this.#chosen = new Map(types);
  }

  /** The media type of a file, with parameters. @param name the last name of its path */
  typeOf(name: string): string {
    const ending = endingOf(name);
    const known = this.#known.get(ending);
    if (known !== undefined && ending !== "") return known;
    const chosen = this.#chosen.get(ending);
    const type = this.#withCharset(chosen ?? defaultTypeOf(name, ending));
    // Clients choose names, but the endings of existing files are few.
    if (ending !== "" && this.#known.size < MAX_KNOWN) this.#known.set(ending, type);
    return type;
  }

  #withCharset(type: string): string {
    if (!type.startsWith("text/") || type.includes(";") || this.#charset === "off") return type;
    if (this.#charset !== undefined) return `${type}; charset=${this.#charset}`;
    return SELF_DESCRIBING.has(type) ? type : `${type}; charset=utf-8`;
  }
}

const MAX_KNOWN = 1_000;

/** The extension after the last dot of a name, in lower case; "" if there is none, or nothing before the dot. */
export function endingOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

function defaultTypeOf(name: string, ending: string): string {
  if (ending === "") return TEXT_NAMES.has(name.toLowerCase()) ? PLAIN : DEFAULT_TYPE;
  return MORE_TYPES.get(ending) ?? typeByExtension(ending) ?? DEFAULT_TYPE;
}

/** Whether content of this type becomes smaller by compression: text, textual formats, bare fonts. */
export function isCompressible(mediaType: string): boolean {
  const type = mediaType.split(";", 1)[0]!;
  return type.startsWith("text/") || COMPRESSIBLE.has(type) || type.endsWith("+json") ||
    type.endsWith("+xml");
}

const COMPRESSIBLE = new Set([
  "application/json",
  "application/javascript",
  "application/xml",
  "application/wasm",
  "application/sql",
  "application/vnd.apple.mpegurl",
  "application/x-mpegurl",
  "application/toml",
  "application/rtf",
  "font/ttf",
  "font/otf",
  "font/collection",
  "application/vnd.ms-fontobject",
  "image/bmp",
  "image/x-icon",
  "image/vnd.microsoft.icon",
]);
