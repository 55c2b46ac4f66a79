// The files of a page as text, in the program itself, so that a bundle or a binary needs no folder besides.

import htm from "htm" with { type: "text" };
import preact from "preact" with { type: "text" };
import baseStyle from "./client/base.css" with { type: "text" };
import controlsStyle from "./client/controls.css" with { type: "text" };
import * as sharedModules from "./client_modules.ts";
import { joinModules, withoutComments } from "./join_modules.ts";

/** A file as it is served. */
export interface PageFile {
  /** Media type of the content. */
  readonly mediaType: string;
  /** The content. */
  readonly text: string;
}

/** Parts of a page, apart from those that all pages share. */
export interface PageSources {
  /** Its modules by file name; `main.js` is run. */
  readonly modules: Readonly<Record<string, string>>;
  /** Its styles, in order, after those of all pages. */
  readonly styles: readonly string[];
  /** Further packages by specifier: ES modules that stay files of their own. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Its icon, an SVG. */
  readonly icon: string;
}

const SCRIPT = "text/javascript; charset=utf-8";

/**
 * Makes all files of a page except the document, by their path below `/page/`.
 *
 * Preact and htm are there for every page, as `preact` and `htm`.
 */
export function createPageFiles(
  { modules, styles, packages = {}, icon }: PageSources,
): Map<string, PageFile> {
  const allPackages = Object.entries({ htm, preact, ...packages });
  const script = joinModules(
    new Map(Object.entries({ ...sharedModules, ...modules })),
    "main.js",
    new Map(allPackages.map(([specifier]) => [specifier, `./${specifier}.js`])),
  );
  const style = [baseStyle, controlsStyle, ...styles].map(withoutComments).join("");
  return new Map([
    ["/page/page.js", { mediaType: SCRIPT, text: script }],
    ...allPackages.map(([specifier, text]) =>
      [`/page/${specifier}.js`, { mediaType: SCRIPT, text: withoutSourceMap(text) }] as const
    ),
    ["/page/page.css", { mediaType: "text/css; charset=utf-8", text: style }],
    ["/page/icon.svg", { mediaType: "image/svg+xml", text: icon }],
  ]);
}

/** Drops the reference to a source map, which is not served. */
function withoutSourceMap(module: string): string {
  return module.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
}
