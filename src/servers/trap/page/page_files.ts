// The files of the page as text: in the program itself, so that a bundle or a binary needs no folder beside it.

import htm from "htm" with { type: "text" };
import preact from "preact" with { type: "text" };
import baseStyle from "./client/base.css" with { type: "text" };
import controlsStyle from "./client/controls.css" with { type: "text" };
import listStyle from "./client/list.css" with { type: "text" };
import detailStyle from "./client/detail.css" with { type: "text" };
import viewsStyle from "./client/views.css" with { type: "text" };
import contentStyle from "./client/content.css" with { type: "text" };
import compareStyle from "./client/compare.css" with { type: "text" };
import icon from "./client/icon.svg" with { type: "text" };
import document from "./client/index.html" with { type: "text" };
import appView from "./client/app_view.js" with { type: "text" };
import bodyView from "./client/body_view.js" with { type: "text" };
import bytes from "./client/bytes.js" with { type: "text" };
import captured from "./client/captured.js" with { type: "text" };
import chainView from "./client/chain_view.js" with { type: "text" };
import clipboard from "./client/clipboard.js" with { type: "text" };
import compareView from "./client/compare_view.js" with { type: "text" };
import contentCoding from "./client/content_coding.js" with { type: "text" };
import copyAsCurl from "./client/copy_as_curl.js" with { type: "text" };
import copyRaw from "./client/copy_raw.js" with { type: "text" };
import detailView from "./client/detail_view.js" with { type: "text" };
import dialogs from "./client/dialogs.js" with { type: "text" };
import filterBar from "./client/filter_bar.js" with { type: "text" };
import formFields from "./client/form_fields.js" with { type: "text" };
import headView from "./client/head_view.js" with { type: "text" };
import hexRows from "./client/hex_rows.js" with { type: "text" };
import hexView from "./client/hex_view.js" with { type: "text" };
import html from "./client/html.js" with { type: "text" };
import icons from "./client/icons.js" with { type: "text" };
import jsonLayout from "./client/json_layout.js" with { type: "text" };
import jsonView from "./client/json_view.js" with { type: "text" };
import keyboard from "./client/keyboard.js" with { type: "text" };
import lineDiff from "./client/line_diff.js" with { type: "text" };
import liveList from "./client/live_list.js" with { type: "text" };
import main from "./client/main.js" with { type: "text" };
import multipartParts from "./client/multipart_parts.js" with { type: "text" };
import openRequest from "./client/open_request.js" with { type: "text" };
import pageModel from "./client/page_model.js" with { type: "text" };
import requestFeed from "./client/request_feed.js" with { type: "text" };
import requestList from "./client/request_list.js" with { type: "text" };
import requestRows from "./client/request_rows.js" with { type: "text" };
import shellWords from "./client/shell_words.js" with { type: "text" };
import sizesAndTimes from "./client/sizes_and_times.js" with { type: "text" };
import theme from "./client/theme.js" with { type: "text" };
import timingView from "./client/timing_view.js" with { type: "text" };
import trapApi from "./client/trap_api.js" with { type: "text" };
import visibleText from "./client/visible_text.js" with { type: "text" };
import windowed from "./client/windowed.js" with { type: "text" };
import wireHead from "./client/wire_head.js" with { type: "text" };

import { joinModules, withoutComments } from "./join_modules.ts";

/** A file as it is served. */
export interface PageFile {
  /** Media type of the content. */
  readonly mediaType: string;
  /** The content. */
  readonly text: string;
}

const MODULES: Readonly<Record<string, string>> = {
  "app_view.js": appView,
  "body_view.js": bodyView,
  "bytes.js": bytes,
  "captured.js": captured,
  "chain_view.js": chainView,
  "clipboard.js": clipboard,
  "compare_view.js": compareView,
  "content_coding.js": contentCoding,
  "copy_as_curl.js": copyAsCurl,
  "copy_raw.js": copyRaw,
  "detail_view.js": detailView,
  "dialogs.js": dialogs,
  "filter_bar.js": filterBar,
  "form_fields.js": formFields,
  "head_view.js": headView,
  "hex_rows.js": hexRows,
  "hex_view.js": hexView,
  "html.js": html,
  "icons.js": icons,
  "json_layout.js": jsonLayout,
  "json_view.js": jsonView,
  "keyboard.js": keyboard,
  "line_diff.js": lineDiff,
  "live_list.js": liveList,
  "main.js": main,
  "multipart_parts.js": multipartParts,
  "open_request.js": openRequest,
  "page_model.js": pageModel,
  "request_feed.js": requestFeed,
  "request_list.js": requestList,
  "request_rows.js": requestRows,
  "shell_words.js": shellWords,
  "sizes_and_times.js": sizesAndTimes,
  "theme.js": theme,
  "timing_view.js": timingView,
  "trap_api.js": trapApi,
  "visible_text.js": visibleText,
  "windowed.js": windowed,
  "wire_head.js": wireHead,
};

const STYLES: readonly string[] = [
  baseStyle,
  controlsStyle,
  listStyle,
  detailStyle,
  viewsStyle,
  contentStyle,
  compareStyle,
];

const SCRIPT = "text/javascript; charset=utf-8";
const PACKAGES = new Map([["htm", "./htm.js"], ["preact", "./preact.js"]]);

/** All files but the document, by their path. */
export function pageFiles(): Map<string, PageFile> {
  const script = joinModules(new Map(Object.entries(MODULES)), "main.js", PACKAGES);
  const style = STYLES.map(withoutComments).join("");
  return new Map([
    ["/page/page.js", { mediaType: SCRIPT, text: script }],
    ["/page/preact.js", { mediaType: SCRIPT, text: withoutSourceMap(preact) }],
    ["/page/htm.js", { mediaType: SCRIPT, text: withoutSourceMap(htm) }],
    ["/page/page.css", { mediaType: "text/css; charset=utf-8", text: style }],
    ["/page/icon.svg", { mediaType: "image/svg+xml", text: icon }],
  ]);
}

/** The document. @param trapPort the port that requests are sent to; without it the page takes the one before its own */
export function pageDocument(trapPort: number | undefined): PageFile {
  const text = document.replace(
    'name="trap-port" content=""',
    `name="trap-port" content="${trapPort ?? ""}"`,
  );
  return { mediaType: "text/html; charset=utf-8", text };
}

/** Drops the reference to a source map, which is not served. */
function withoutSourceMap(module: string): string {
  return module.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
}
