import { pageDocument } from "../../../program/page/page_document.ts";
import { createPageFiles, type PageFile } from "../../../program/page/page_files.ts";
import * as modules from "./client_modules.ts";
import compareStyle from "./client/compare/compare.css" with { type: "text" };
import contentStyle from "./client/content/content.css" with { type: "text" };
import detailStyle from "./client/detail/detail.css" with { type: "text" };
import icon from "./client/icon.svg" with { type: "text" };
import xmlFormatter from "xml-formatter/module" with { type: "text" };
import xmlParser from "xml-parser-xo/module" with { type: "text" };
import listStyle from "./client/list/list.css" with { type: "text" };
import viewsStyle from "./client/views.css" with { type: "text" };

/** All files of the trap's page except the document, by path. */
export function trapPageFiles(): Map<string, PageFile> {
  return createPageFiles({
    modules,
    // The page fetches it when it is needed.
    packages: { "xml-parser-xo": xmlParser, xml: linkXmlFormatter(xmlFormatter) },
    styles: [listStyle, detailStyle, viewsStyle, contentStyle, compareStyle],
    icon,
  });
}

/** Makes the formatter find its parser in the same folder. */
function linkXmlFormatter(module: string): string {
  return module.replace(/from ['"]xml-parser-xo['"]/, 'from "./xml-parser-xo.js"');
}

/**
 * The document.
 *
 * @param trapPort the port of the trap; without it, the page assumes the port before its own
 */
export function trapPageDocument(trapPort: number | undefined): PageFile {
  return pageDocument({
    title: "millrace trap",
    noscript: "The same requests are at /api/requests, in JSON.",
    facts: { "trap-port": trapPort ?? "" },
  });
}
