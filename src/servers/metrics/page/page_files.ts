import uplotScript from "uplot/script" with { type: "text" };
import uplotStyle from "uplot/style" with { type: "text" };
import { pageDocument } from "../../../program/page/page_document.ts";
import { createPageFiles, type PageFile } from "../../../program/page/page_files.ts";
import icon from "./client/icon.svg" with { type: "text" };
import metricsStyle from "./client/metrics.css" with { type: "text" };
import * as modules from "./client_modules.ts";

/** All files of the page of the metrics store, by their path. */
export function metricsPageFiles(): Map<string, PageFile> {
  const files = createPageFiles({
    modules,
    styles: [uplotStyle, metricsStyle],
    // The minified build of uPlot is a script that makes a variable.
    packages: { uplot: `${uplotScript}\nexport default uPlot;\n` },
    icon,
  });
  const document = pageDocument({
    title: "millrace metrics",
    noscript: "The same points are at /render, in JSON.",
    packages: ["uplot"],
    data: ["/api/names?query=*"],
  });
  return files.set("/", document);
}
