// @ts-check
/// <reference lib="dom" />
// Downloads of the series on the page.

import { toCsv } from "./plotted.js";

/** @import { Plotted } from "./page_types.ts" */

// The legend of a picture, in pixels of the page.
const LINE_HEIGHT = 20;
const MARGIN = 16;
const SWATCH = 12;

/** @param {readonly Plotted[]} plotted */
export function downloadCsv(plotted) {
  save(new Blob([toCsv(plotted)], { type: "text/csv" }), "millrace.csv");
}

/** @param {readonly Plotted[]} plotted */
export function downloadJson(plotted) {
  save(new Blob([JSON.stringify(plotted)], { type: "application/json" }), "millrace.json");
}

/**
 * The plot as it is drawn, on the paper of the page, with the names of its lines.
 *
 * @param {readonly { readonly target: string, readonly colour: string }[]} lines
 */
export function downloadPng(lines) {
  const canvas = /** @type {HTMLCanvasElement | null} */ (document.querySelector(".plot canvas"));
  if (canvas === null) return;
  const scale = canvas.width / canvas.clientWidth;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height + (lines.length * LINE_HEIGHT + MARGIN) * scale;
  const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d"));
  const { backgroundColor, color, fontFamily } = getComputedStyle(document.body);
  context.fillStyle = backgroundColor;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  context.scale(scale, scale);
  context.font = `12px ${fontFamily}`;
  context.textBaseline = "middle";
  for (const [index, { target, colour }] of lines.entries()) {
    const middle = canvas.clientHeight + (index + 0.5) * LINE_HEIGHT;
    context.fillStyle = colour;
    context.fillRect(MARGIN, middle - SWATCH / 2, SWATCH, SWATCH);
    context.fillStyle = color;
    context.fillText(target, MARGIN + 2 * SWATCH, middle, canvas.clientWidth - 2 * MARGIN - 2 * SWATCH);
  }
  copy.toBlob((blob) => blob !== null && save(blob, "millrace.png"));
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
