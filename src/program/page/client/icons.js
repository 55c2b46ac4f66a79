// @ts-check
// Line drawings of 16 by 16, in the colour of the text next to them.

import { html } from "./html.js";

const PATHS = {
  wheel: "M8 1v14M1 8h14M3 3l10 10M13 3L3 13M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9M10.5 10.5L14 14",
  pause: "M5.5 3v10M10.5 3v10",
  play: "M4.5 2.5v11l8.5-5.5z",
  bin: "M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.7 6.5v4.5M9.3 6.5v4.5",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  down: "M8 2v8.5M4.5 7L8 10.5L11.5 7M2.5 13.5h11",
  compare: "M2 3.5h4.5v9H2zM9.5 3.5H14v9H9.5zM8 1.5v13",
  again: "M13 8a5 5 0 1 1-1.6-3.7M13 1.8v3h-3",
  back: "M9.5 3L4.5 8l5 5",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  help: "M5.7 6a2.3 2.3 0 1 1 3.4 2C8.3 8.5 8 9 8 9.8M8 12.3v.2",
  theme: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12v12M10.5 3v10M12.8 5v6",
  up: "M8 13.5V4M4 7.5L8 3.5l4 4",
  rows: "M2.5 4h11M2.5 8h11M2.5 12h11",
};

/**
 * A drawing. The text next to it, or a label on its parent, says what it means.
 *
 * @param {{ name: keyof typeof PATHS }} props
 * @returns {import("preact").VNode}
 */
export function Icon({ name }) {
  return html`
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d=${PATHS[name]} />
    </svg>
  `;
}
