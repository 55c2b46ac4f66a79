import type { PageFile } from "./page_files.ts";

/** Parts of the document of a page. */
export interface DocumentSources {
  /** The page's title. */
  readonly title: string;
  /** A sentence for readers without JavaScript: where they find the same content. */
  readonly noscript: string;
  /** Packages that the first view needs, besides those of all pages. */
  readonly packages?: readonly string[];
  /** Paths of data that the first view fetches: they come while the modules do. */
  readonly data?: readonly string[];
  /** Facts for the page's modules, as `meta` elements by name. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

// A module that is named here is fetched together with the page's own, which would only name it later.
const SHARED_PACKAGES = ["preact", "htm"];

/** Makes the document of a page. Its parts come from the program itself, so they are markup as they stand. */
export function pageDocument(
  { title, noscript, packages = [], data = [], facts = {} }: DocumentSources,
): PageFile {
  const modules = [...SHARED_PACKAGES, ...packages].map((name) =>
    `    <link rel="modulepreload" href="/page/${name}.js">\n`
  );
  // With this attribute it is the request that fetch() makes; without it the data would come twice.
  const preloads = data.map((path) =>
    `    <link rel="preload" as="fetch" crossorigin="anonymous" href="${path}">\n`
  );
  const metas = Object.entries(facts).map(([name, content]) =>
    `    <meta name="${name}" content="${content}">\n`
  );
  const text = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
${metas.join("")}    <title>${title}</title>
    <link rel="icon" href="/page/icon.svg">
    <link rel="stylesheet" href="/page/page.css">
${modules.join("")}${preloads.join("")}    <script type="module" src="/page/page.js"></script>
  </head>
  <body>
    <div id="app">
      <noscript>This page needs JavaScript. ${noscript}</noscript>
    </div>
  </body>
</html>
`;
  return { mediaType: "text/html; charset=utf-8", text };
}
