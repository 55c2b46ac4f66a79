// @ts-check
// A time on the page: in local time, with UTC and the age on hover.

import { html } from "../../../../../program/page/client/html.js";
import { agoText, clockText, localText } from "./sizes_and_times.js";

/** @import { ComponentChildren, VNode } from "preact" */

/**
 * The time of day, or date and time, after the `children`.
 *
 * @param {{ at: string, form: "clock" | "full", children?: ComponentChildren }} props
 * @returns {VNode}
 */
export function TimeStamp({ at, form, children }) {
  return html`
    <time dateTime=${at} title=${`${at} (UTC), ${agoText(Date.now() - Date.parse(at))}`}>
      ${children}<span class="clock">${form === "clock" ? clockText(at) : localText(at)}</span>
    </time>
  `;
}
